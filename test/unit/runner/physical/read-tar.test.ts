import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { type Header, pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { readTar, type TarMember } from '../../../../src/runner/physical/archive/read-tar.ts';
import { unpackZstd, unpackZstdOnce } from '../../../../src/runner/physical/archive/zstd.ts';

interface Member {
  readonly header: Partial<Header> & Pick<Header, 'name'>;
  readonly content: Buffer;
}

async function archiveOf(members: readonly Member[]): Promise<Buffer> {
  const archive = pack();
  for (const { header, content } of members) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let n = 0; at < bytes.length; n += 1) {
    const piece = Buffer.from(bytes.subarray(at, at + (sizes[n % sizes.length] ?? 1)));
    at += piece.length;
    yield piece;
    // Whoever kept it would see this.
    piece.fill(0xff);
  }
}

async function read(archive: AsyncIterable<Buffer>) {
  const found: { member: TarMember; content: Buffer; isEnded: boolean }[] = [];
  await readTar(archive, (member) => {
    const one = { member, content: Buffer.alloc(0), isEnded: false };
    found.push(one);
    return {
      write: (bytes) => {
        one.content = Buffer.concat([one.content, bytes]);
        return one.content.length % 2 === 0 ? undefined : Promise.resolve();
      },
      end: () => {
        one.isEnded = true;
        return undefined;
      },
    };
  });
  return found;
}

/** A header with one field written over, and its sum made right. */
function withField(archive: Buffer, at: number, field: Buffer): Buffer {
  const changed = Buffer.from(archive);
  field.copy(changed, at);
  const sum = changed.subarray(0, 512).reduce((total, byte, n) => total + (n >= 148 && n < 156 ? 32 : byte), 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return changed;
}

describe('an archive', () => {
  test('comes out as it went in, however its bytes are cut', async () => {
    const content = fc.nat({ max: 1_600 }).map((length) => Buffer.alloc(length, `${length},`));
    const name = fc.constantFrom('PG_VERSION', 'base/1/1259', `${'long/'.repeat(30)}name`, 'ends in a slash/');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, content), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1 }),
        async (members, sizes) => {
          const archive = await archiveOf(
            members.map(([one, bytes]) => ({
              header: { name: one, type: one.endsWith('/') ? 'directory' : 'file' },
              content: one.endsWith('/') ? Buffer.alloc(0) : bytes,
            })),
          );
          const found = await read(cut(archive, sizes));
          expect(
            found.map(({ member, content: bytes, isEnded }) => [member.name, member.type, bytes, isEnded]),
          ).toEqual(
            members.map(([one, bytes]) =>
              one.endsWith('/') ? [one, 'directory', Buffer.alloc(0), true] : [one, 'file', bytes, true],
            ),
          );
        },
      ),
    );
  });

  const one = () => archiveOf([{ header: { name: 'x', type: 'file' }, content: Buffer.from('x') }]);

  test('may hold a file of more than 8 GiB, as PostgreSQL writes its size, and none that no number holds', async () => {
    const size = Buffer.from('800000000000000300000001', 'hex');
    const found: TarMember[] = [];
    const reading = readTar(cut(withField(await one(), 124, size), [700]), (member) => {
      found.push(member);
      return null;
    });
    await expect(reading).rejects.toThrow(/end of data/);
    expect(found).toMatchObject([{ sizeBytes: 3 * 2 ** 32 + 1 }]);
    for (const wrong of ['80ffffffffffffffffffffff', 'ffffffffffffffffffffffff', Buffer.from('-1').toString('hex')]) {
      await expect(read(cut(withField(await one(), 124, Buffer.from(wrong, 'hex')), [700]))).rejects.toThrow(/a size/);
    }
  });

  test('names what is no file, directory or link as nothing of a cluster', async () => {
    for (const type of ['x', 'g', 'L', '1', '3', '6', '7', 'S']) {
      const [found] = await read(cut(withField(await one(), 156, Buffer.from(type)), [700]));
      expect(found?.member.type).toBeNull();
    }
  });

  test('is none when a header is not what it sums to, or of another format', async () => {
    const archive = await one();
    const flipped = Buffer.from(archive);
    flipped[3] = 1;
    await expect(read(cut(flipped, [512]))).rejects.toThrow(/tar/);
    await expect(read(cut(withField(archive, 257, Buffer.from('other')), [512]))).rejects.toThrow(/tar/);
    for (const length of [1, 511, 512, 600, 1_023]) {
      await expect(read(cut(archive.subarray(0, length), [100]))).rejects.toThrow(/end of data/);
    }
    expect(await read(cut(archive.subarray(0, 1_024), [100]))).toHaveLength(1);
  });
});

describe('what zstd has packed', () => {
  const plain = Buffer.alloc(3_000_000);
  for (let at = 0; at < plain.length; at += 1) plain[at] = (at * at) >> 7;

  test('comes out as it was, in pieces that are gone when the next is asked for', async () => {
    const packed = zstdCompressSync(plain);
    async function* pieces() {
      for (let at = 0; at < packed.length; at += 70_000) yield packed.subarray(at, at + 70_000);
    }
    const once: Buffer[] = [];
    let last: Uint8Array | null = null;
    let gone = 0;
    for await (const piece of unpackZstdOnce(pieces())) {
      if (last?.length === 0) gone += 1;
      once.push(Buffer.from(piece));
      last = piece;
    }
    expect(Buffer.concat(once).equals(plain)).toBe(true);
    expect(gone).toBeGreaterThan(3);
    const kept: Uint8Array[] = [];
    for await (const piece of unpackZstd(pieces())) kept.push(piece);
    expect(Buffer.concat(kept).equals(plain)).toBe(true);
  });
});
