import { createHash, type Hash } from 'node:crypto';
import type { BlockBlobClient } from '@azure/storage-blob';
import { finalFailure } from '../../attempt/failure.ts';
import type { MovedFile } from '../file-mover.ts';
import { BLOCKS_AT_MOST, type BlockSizes } from './block-sizes.ts';
import { patiently } from './patience.ts';

const INSTEAD = 'A PHYSICAL image of the server is cut into files that have an end';

export interface PutOptions {
  /** Of the blocks that go up side by side. */
  readonly blocks: BlockSizes;
  readonly signal: AbortSignal;
  /** Told of every block that the store has. */
  readonly onStored: (bytes: number) => void;
}

/**
 * Writes a blob whose size is not known beforehand: its blocks go up side by side, and it is there only when the last of
 * them is, whole, with its MD5. What ends before that leaves nothing behind. Throws a final failure for what no blob can hold, as
 * soon as it is that much. When it asks for more it holds nothing of what came before.
 */
export async function putBlob(
  blob: BlockBlobClient,
  content: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<MovedFile> {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  const blocks = new BlockUpload(blob, options, [md5, sha256]);
  for await (const bytes of content) await blocks.write(bytes);
  const ids = await blocks.finish();
  const digest = md5.digest();
  const blobHTTPHeaders = { blobContentMD5: digest, blobContentType: 'application/octet-stream' };
  await patiently(options.signal, (abortSignal) => blob.commitBlockList(ids, { blobHTTPHeaders, abortSignal }));
  return { sizeBytes: blocks.sizeBytes, md5: digest.toString('hex'), sha256: sha256.digest('hex') };
}

const NOTHING = Buffer.alloc(0);
/** Most files are small. */
const FIRST_ROOM = 1 << 18;

class BlockUpload {
  sizeBytes = 0;
  readonly #ids: string[] = [];
  readonly #onTheirWay = new Set<Promise<void>>();
  #block: Buffer = NOTHING;
  #blockBytes = 0;
  /** Blocks that the store has, to be filled again: each gigabyte would else leave a gigabyte to collect. */
  readonly #free: Buffer[] = [];
  #failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly blob: BlockBlobClient,
    private readonly options: PutOptions,
    private readonly hashes: readonly Hash[],
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    this.sizeBytes += bytes.length;
    for (const hash of this.hashes) hash.update(bytes);
    for (let at = 0; at < bytes.length; ) {
      const size = this.options.blocks.bytesOf(this.#ids.length);
      const taken = Math.min(bytes.length - at, size - this.#blockBytes);
      this.#makeRoom(this.#blockBytes + taken, size);
      this.#block.set(bytes.subarray(at, at + taken), this.#blockBytes);
      at += taken;
      this.#blockBytes += taken;
      if (this.#blockBytes === size) await this.#send();
    }
  }

  async finish(): Promise<string[]> {
    if (this.#blockBytes > 0) await this.#send();
    await Promise.all(this.#onTheirWay);
    this.#throwFailure();
    return this.#ids;
  }

  /** Of a large file blocks have their size at once; the first one grows with what comes. */
  #makeRoom(bytes: number, size: number): void {
    if (bytes <= this.#block.length) return;
    const free = this.#free.pop();
    const room = this.#ids.length > 0 ? size : Math.min(size, Math.max(FIRST_ROOM, 2 * bytes));
    const larger = free !== undefined && free.length >= size ? free : Buffer.allocUnsafeSlow(room);
    larger.set(this.#block.subarray(0, this.#blockBytes));
    this.#block = larger;
  }

  async #send(): Promise<void> {
    if (this.#ids.length >= BLOCKS_AT_MOST) {
      throw finalFailure(`a file is larger than a store holds: it has ${this.sizeBytes} bytes, and more. ${INSTEAD}`);
    }
    while (this.#onTheirWay.size >= this.options.blocks.atOnce(this.#ids.length)) await Promise.race(this.#onTheirWay);
    this.#throwFailure();
    const block = this.#block;
    const body = block.subarray(0, this.#blockBytes);
    this.#block = NOTHING;
    this.#blockBytes = 0;
    // All ids of a blob must be of one length.
    const id = Buffer.from(String(this.#ids.length).padStart(8, '0')).toString('base64');
    this.#ids.push(id);
    const sent = this.#stage(id, body).then(
      (isUnused) => {
        if (isUnused) this.#free.push(block);
      },
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    const tracked: Promise<void> = sent.finally(() => this.#onTheirWay.delete(tracked));
    this.#onTheirWay.add(tracked);
  }

  /** Whether nothing holds the body any more: a request that was given up may. */
  async #stage(id: string, body: Buffer): Promise<boolean> {
    // What arrives is held against this by the store.
    const transactionalContentMD5 = createHash('md5').update(body).digest();
    let tries = 0;
    await patiently(this.options.signal, (abortSignal) => {
      tries += 1;
      return this.blob.stageBlock(id, body, body.length, { transactionalContentMD5, abortSignal });
    });
    this.options.onStored(body.length);
    return tries === 1;
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
