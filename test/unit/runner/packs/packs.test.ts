import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isPackName, packLimit, roomFor } from '../../../../jobs/ports/pack-sizes.ts';
import { Inbox } from '../../../../src/runner/backup/inbox.ts';
import { onItsOwnFrom, packName, roomOnDisk } from '../../../../src/runner/packs/pack-sizes.ts';
import { type PackedFile, packTar } from '../../../../src/runner/packs/pack-tar.ts';
import { type UnpackedFile, unpackPack, unpackTar } from '../../../../src/runner/packs/unpack-tar.ts';
import { packZstd } from '../../../../src/runner/physical/archive/zstd.ts';

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});
async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'toygres-packs-'));
  directories.push(directory);
  return directory;
}

const untold = () => undefined;

async function* files(named: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(named)) yield { name, content: Buffer.from(text) };
}

describe('a pack', () => {
  test('gives back what was put in, whatever the size', async () => {
    const named = {
      'roles.sql': '',
      'databases/5/1.dat': 'x',
      'databases/5/2.dat': 'y'.repeat(512),
      a: 'z'.repeat(200_000),
    };
    const directory = await makeDirectory();
    const took: UnpackedFile[] = [];
    await unpackTar(packTar(files(named)), directory, (file) => took.push(file));
    expect(took).toEqual(Object.entries(named).map(([name, text]) => ({ name, sizeBytes: text.length })));
    for (const [name, text] of Object.entries(named)) {
      expect(await readFile(path.join(directory, name), 'utf8')).toBe(text);
    }
  });

  test.each(['packs/0001.tar', 'packs/0001.tar.zst'])('%s is unpacked by what its name says', async (name) => {
    const pack = packTar(files({ 'databases/5/1.dat': 'x' }));
    const directory = await makeDirectory();
    await unpackPack(name, name.endsWith('.zst') ? packZstd(pack) : pack, directory, untold);
    expect(await readFile(path.join(directory, 'databases/5/1.dat'), 'utf8')).toBe('x');
  });

  test('in zstd that is cut or altered is refused', async () => {
    const parts: Uint8Array[] = [];
    for await (const part of packZstd(packTar(files({ a: 'x'.repeat(2_000) })))) parts.push(part);
    const whole = Buffer.concat(parts);
    for (const bytes of [whole.subarray(0, whole.length - 4), Buffer.concat([Buffer.from('xxxx'), whole])]) {
      const content = (async function* () {
        yield bytes;
      })();
      await expect(unpackPack(packName(1), content, await makeDirectory(), untold)).rejects.toThrow();
    }
  });

  test('that cannot be unpacked is read to its end, where its content says what it is', async () => {
    let read = 0;
    async function* altered() {
      for (; read < 100; read += 1) yield Buffer.alloc(1_000, read);
      throw new Error('is not what was written');
    }
    await expect(unpackPack(packName(1), altered(), await makeDirectory(), untold)).rejects.toThrow(
      'is not what was written',
    );
    expect(read).toBe(100);
  });

  test('that is cut, or names a place elsewhere, is refused', async () => {
    const parts: Uint8Array[] = [];
    for await (const part of packTar(files({ a: 'x'.repeat(2_000) }))) parts.push(part);
    const cut = Buffer.concat(parts).subarray(0, 1_000);
    await expect(
      unpackTar(
        (async function* () {
          yield cut;
        })(),
        await makeDirectory(),
        untold,
      ),
    ).rejects.toThrow();
    for (const name of ['../a', '/a', 'manifest.json', 'a//b']) {
      await expect(unpackTar(packTar(files({ [name]: 'x' })), await makeDirectory(), untold)).rejects.toThrow(
        'a pack holds',
      );
    }
  });

  test('holds files of any size, and no more of them in memory than a few pieces', async () => {
    const [piece, count] = [1 << 20, 300];
    let [given, taken, ahead] = [0, 0, 0];
    async function* pieces() {
      for (; given < count; given += 1) {
        ahead = Math.max(ahead, given * piece - taken);
        yield Buffer.alloc(piece, given);
      }
    }
    async function* members(): AsyncGenerator<PackedFile> {
      yield { name: 'a', content: Buffer.from('x') };
      yield { name: 'b', sizeBytes: count * piece, pieces: pieces() };
      yield { name: 'c', content: Buffer.from('y') };
    }
    for await (const part of packTar(members())) taken += part.length;
    // Headers, paddings and the end.
    expect(taken).toBe(count * piece + 3 * 512 + 2 * 512 + 1024);
    expect(ahead).toBeLessThan(4 * piece);
  });

  test.each([3, 5])('of a file that is not as large as it was is none: 4 bytes, and %i came', async (size) => {
    async function* members(): AsyncGenerator<PackedFile> {
      yield {
        name: 'a',
        sizeBytes: 4,
        pieces: (async function* () {
          yield Buffer.alloc(size);
        })(),
      };
    }
    await expect(unpackTar(packTar(members()), await makeDirectory(), untold)).rejects.toThrow();
  });

  test('that nobody reads to its end leaves no file open', async () => {
    let isLeft = false;
    async function* pieces() {
      try {
        for (;;) yield Buffer.alloc(1 << 20);
      } finally {
        isLeft = true;
      }
    }
    async function* members(): AsyncGenerator<PackedFile> {
      yield { name: 'a', sizeBytes: 2 ** 40, pieces: pieces() };
    }
    for await (const _ of packTar(members())) break;
    await expect.poll(() => isLeft).toBe(true);
  });

  test('fails as a piece of its files does', async () => {
    async function* members(): AsyncGenerator<PackedFile> {
      yield {
        name: 'a',
        sizeBytes: 2,
        pieces: (async function* () {
          yield Buffer.alloc(1);
          throw new Error('gone');
        })(),
      };
    }
    await expect(unpackTar(packTar(members()), await makeDirectory(), untold)).rejects.toThrow('gone');
  });

  test('fails as its files do', async () => {
    async function* broken() {
      yield { name: 'a', content: Buffer.from('x') };
      throw new Error('gone');
    }
    await expect(unpackTar(packTar(broken()), await makeDirectory(), untold)).rejects.toThrow('gone');
  });
});

describe('an image', () => {
  test.each([1e6, 1e9, 1e12, 1e15])('of %d bytes in files of any size is some hundred blobs', (total) => {
    for (const size of [1, 1e3, 1e6, 2 * 1_048_576, 1e8, 1e10]) {
      let [own, left] = [0, total];
      while (left > 0 && size >= onItsOwnFrom(own) && own < 10_000) {
        own += 1;
        left -= size;
      }
      let packs = 0;
      while (left > 0) {
        packs += 1;
        left -= Math.max(size, packLimit(packs));
      }
      expect(own).toBeLessThan(1_000);
      // A pack ends where a store's blob does: what is beyond a petabyte is more.
      expect(packs).toBeLessThan(total < 1e14 ? 300 : 20_000);
    }
  });

  test('knows its packs by their names', () => {
    expect([packName(1), packName(12_345), packName(2, false)]).toEqual([
      'packs/0001.tar.zst',
      'packs/12345.tar.zst',
      'packs/0002.tar',
    ]);
    expect(
      [packName(7), 'packs/0001.tar', 'packs/7.tar', 'packs/0001.tar.age', 'databases/5/1.dat'].map(isPackName),
    ).toEqual([true, true, false, false, false]);
  });
});

test.each([
  [0, 1],
  [31, 1],
  [32, 2],
  [159, 16],
  [160, 32],
  [223, 32],
  [224, 64],
  [479, 512],
  [480, 1024],
])('when %i files have gone on their own, the next one does from %i MiB on', (own, mebibytes) => {
  expect(onItsOwnFrom(own)).toBe(mebibytes * 2 ** 20);
});

test('a file takes whole blocks of a disk', () => {
  expect([0, 1, 4_096, 4_097].map(roomOnDisk)).toEqual([0, 4_096, 4_096, 8_192]);
});

test('a pack needs the room of what it holds, and one that is not compressed that of itself', () => {
  expect(roomFor({ name: packName(1), sizeBytes: 1_000 })).toBe(packLimit(1));
  expect(roomFor({ name: packName(16), sizeBytes: 1_000 })).toBe(packLimit(16));
  expect(roomFor({ name: 'packs/0001.tar', sizeBytes: 1_000 })).toBe(1_000);
  expect(roomFor({ name: 'databases/5/1.dat.zst', sizeBytes: 1_000 })).toBe(1_000);
});

test('an inbox gives in order, to who waits as well, and null when it is closed and empty', async () => {
  const inbox = new Inbox<number>();
  const first = inbox.next();
  inbox.put(1);
  for (let n = 2; n <= 5_000; n += 1) inbox.put(n);
  expect(await first).toBe(1);
  const waiting: number[] = [];
  inbox.close();
  for await (const n of inbox) waiting.push(n);
  expect(waiting).toEqual(Array.from({ length: 4_999 }, (_, n) => n + 2));
  inbox.put(9);
  expect(await inbox.next()).toBeNull();
});
