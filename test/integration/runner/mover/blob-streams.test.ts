import { createHash } from 'node:crypto';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_PROXIES } from '../../../../src/machine/proxies.ts';
import { createStoreConnections } from '../../../../src/machine/store-connections.ts';
import { type ImagePlace, readImagePlace } from '../../../../src/runner/mover/image-place.ts';
import { getBlob } from '../../../../src/runner/mover/streams/get-blob.ts';
import { type OpenBlob, openPlace } from '../../../../src/runner/mover/streams/open-place.ts';
import { putBlob } from '../../../../src/runner/mover/streams/put-blob.ts';
import { startAzurite, type TestAzurite } from '../../../support/azurite.ts';
import { leave } from '../../../support/script-harness.ts';

const BLOCK = 64 << 10;
let azurite: TestAzurite;
let container: ContainerClient;
let open: OpenBlob;

beforeAll(async () => {
  azurite = await startAzurite();
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  container = service.getContainerClient('images');
  await container.create();
  open = await openPlace(placeOf(), leave(azurite, 'rcwdl'), createStoreConnections(NO_PROXIES));
});
afterAll(() => azurite?.stop());

function placeOf(): ImagePlace {
  const place = readImagePlace(`${container.url}/an-image`);
  if (place === null) throw new Error('no place');
  return place;
}

function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 7 + (at >> 9)) & 0xff;
  return bytes;
}

async function* pieces(bytes: Buffer, size = 10_007): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const putOptions = () => ({
  blocks: { bytesOf: () => BLOCK, atOnce: () => 3 },
  signal: new AbortController().signal,
  onStored: () => undefined,
});
const getOptions = () => ({
  rangeBytes: BLOCK,
  rangesAtOnce: 3,
  signal: new AbortController().signal,
  onRead: () => undefined,
});

async function collect(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of content) all.push(piece);
  return Buffer.concat(all);
}

describe('a blob that is written while its bytes come', () => {
  test.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 10 * BLOCK + 5])(
    'of %i bytes is what the store holds',
    async (size) => {
      const content = bytesOf(size);
      const name = `file.${size}`;
      const put = await putBlob(open(name), pieces(content), putOptions());
      expect(put).toEqual({
        sizeBytes: size,
        md5: createHash('md5').update(content).digest('hex'),
        sha256: createHash('sha256').update(content).digest('hex'),
      });
      const held = await open(name).getProperties();
      expect(held.contentLength).toBe(size);
      expect(Buffer.from(held.contentMD5 ?? []).toString('hex')).toBe(put.md5);
      expect((await collect(getBlob(open(name), { name, ...put }, getOptions()))).equals(content)).toBe(true);
    },
  );

  test('is what the store holds when its blocks grow', async () => {
    const content = bytesOf(20 * BLOCK + 5);
    const asked: number[] = [];
    const bytesOf2 = (nth: number) => {
      asked.push(nth);
      return BLOCK * 2 ** Math.floor(nth / 3);
    };
    const blocks = { bytesOf: bytesOf2, atOnce: (nth: number) => (nth < 3 ? 3 : 1) };
    const put = await putBlob(open('grown'), pieces(content), { ...putOptions(), blocks });
    // 3 of one, 3 of two, 2 of four, and the rest.
    const { committedBlocks = [] } = await open('grown').getBlockList('committed');
    expect(committedBlocks.map(({ size }) => size)).toEqual(
      [1, 1, 1, 2, 2, 2, 4, 4].map((of) => of * BLOCK).concat([3 * BLOCK + 5]),
    );
    expect(Math.max(...asked)).toBe(8);
    expect((await collect(getBlob(open('grown'), { name: 'grown', ...put }, getOptions()))).equals(content)).toBe(true);
  });

  test('that no store can hold is refused for good as soon as it is too large, and is not there', async () => {
    const blocks = { bytesOf: () => 1, atOnce: () => 1 };
    const staged = { stageBlock: async () => undefined, commitBlockList: async () => expect.unreachable() };
    const content = pieces(Buffer.alloc(50_001));
    const put = putBlob(staged as unknown as ReturnType<OpenBlob>, content, { ...putOptions(), blocks });
    await expect(put).rejects.toMatchObject({ final: true, message: expect.stringContaining('PHYSICAL') });
  });

  test('takes the place of an earlier one of its name', async () => {
    await putBlob(open('again'), pieces(bytesOf(5 * BLOCK)), putOptions());
    const put = await putBlob(open('again'), pieces(bytesOf(100)), putOptions());
    expect((await open('again').getProperties()).contentLength).toBe(100);
    expect(put.sizeBytes).toBe(100);
  });

  test('is not there when what makes it fails, or it is aborted', async () => {
    async function* broken() {
      yield bytesOf(3 * BLOCK);
      throw new Error('the server went away');
    }
    await expect(putBlob(open('broken'), broken(), putOptions())).rejects.toThrow('the server went away');
    expect(await open('broken').exists()).toBe(false);
    const abort = new AbortController();
    async function* aborted() {
      yield bytesOf(3 * BLOCK);
      abort.abort();
    }
    await expect(putBlob(open('aborted'), aborted(), { ...putOptions(), signal: abort.signal })).rejects.toThrow();
    expect(await open('aborted').exists()).toBe(false);
  });

  test('fails with the refusal of the store', async () => {
    const readOnly = await openPlace(placeOf(), leave(azurite, 'r'), createStoreConnections(NO_PROXIES));
    await expect(putBlob(readOnly('refused'), pieces(bytesOf(2 * BLOCK)), putOptions())).rejects.toThrow(
      /not authorized/i,
    );
  });
});

describe('a blob that is read in ranges side by side', () => {
  test('fails at its end when any byte of it was altered', async () => {
    const content = bytesOf(4 * BLOCK + 3);
    const put = await putBlob(open('altered'), pieces(content), putOptions());
    for (const at of [0, BLOCK, 2 * BLOCK + 1, content.length - 1]) {
      const altered = Buffer.from(content);
      altered[at] = (altered[at] ?? 0) ^ 1;
      await open('altered').uploadData(altered);
      await expect(collect(getBlob(open('altered'), { name: 'altered', ...put }, getOptions()))).rejects.toThrow(
        'the image is damaged: altered is not what was written',
      );
    }
  });

  test('fails when it is shorter than it must be, or gone', async () => {
    const put = await putBlob(open('short'), pieces(bytesOf(3 * BLOCK)), putOptions());
    await open('short').uploadData(bytesOf(BLOCK));
    await expect(collect(getBlob(open('short'), { name: 'short', ...put }, getOptions()))).rejects.toThrow();
    await open('short').delete();
    await expect(collect(getBlob(open('short'), { name: 'short', ...put }, getOptions()))).rejects.toThrow();
  });
});

test.each(['../other/file', 'a/../b', '/file', '', 'a//b', 'a?b'])('%j is no name of a file of an image', (name) => {
  expect(() => open(name)).toThrow(/name that none may have/);
});
