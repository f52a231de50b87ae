import { createHash } from 'node:crypto';
import { existsSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { createOutgoingFiles } from '../../../../src/runner/backup/outgoing-files.ts';
import type { StoredFile } from '../../../../src/runner/mover/file-mover.ts';
import { unpackPack } from '../../../../src/runner/packs/unpack-tar.ts';

const MIB = 1 << 20;
const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'toygres-outgoing-'));
  directories.push(directory);
  return directory;
}

/** A store in memory. */
async function makeGround() {
  const directory = await makeDirectory();
  const blobs = new Map<string, Buffer>();
  const write = async (name: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile> => {
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    const bytes = Buffer.concat(parts);
    blobs.set(name, bytes);
    const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
    return { name, sizeBytes: bytes.length, md5: hash('md5'), sha256: hash('sha256') };
  };
  const files = createOutgoingFiles({
    mover: { write },
    directory: path.join(directory, 'compressed'),
    signal: new AbortController().signal,
    onFailure: () => undefined,
  });
  /** Of so many bytes, the first ones told apart by its name; the rest takes no room here. */
  const make = (name: string, size: number) => {
    const place = path.join(directory, name.replaceAll('/', '-'));
    writeFileSync(place, name.slice(0, size));
    truncateSync(place, size);
    return place;
  };
  return { directory, blobs, files, make };
}

async function* only(bytes: Buffer) {
  yield bytes;
}

/** All that the blobs hold, by their names in an image: what they begin with, unpacked, and how large that is. */
async function unpackAll(blobs: ReadonlyMap<string, Buffer>) {
  const target = await makeDirectory();
  const found = new Map<string, Buffer>();
  let roomBytes = 0;
  for (const [name, bytes] of blobs) {
    if (!name.startsWith('packs/')) {
      found.set(name, bytes);
      continue;
    }
    const members: string[] = [];
    await unpackPack(name, only(bytes), target, (member) => members.push(member.name));
    for (const member of members) {
      found.set(member, await readFile(path.join(target, member)));
    }
  }
  const rows = [...found].map(([name, bytes]) => {
    roomBytes += Math.ceil(bytes.length / 4_096) * 4_096;
    const plain = name.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
    return [
      name,
      { size: plain.length, head: plain.toString('latin1', 0, Math.min(name.length, plain.length)) },
    ] as const;
  });
  return { rows: new Map(rows), roomBytes };
}

test('rows that are larger than a few go on their own, and when those are many, compressed each in plain packs', async () => {
  const { directory, blobs, files, make } = await makeGround();
  const sizes = new Map<string, number>();
  for (let n = 1; n <= 40; n += 1) sizes.set(`databases/5/${n}.dat`, 1.5 * MIB);
  sizes
    .set('databases/5/41.dat', 2 * MIB)
    .set('databases/5/42.dat', 100)
    .set('databases/5/43.dat.gz', 1.5 * MIB);
  sizes.set('databases/5/toc.dat', 3 * MIB).set('databases/5/blob_7.dat', 0);
  for (const [name, size] of sizes) files.give(make(name, size), name);
  const stored = await files.sent();
  expect(stored.map(({ name }) => name).sort()).toEqual([...blobs.keys()].sort());
  const names = [...blobs.keys()];
  expect(names.filter((name) => name.startsWith('databases/'))).toHaveLength(33);
  // Small ones are compressed together, middle ones each.
  expect(names.filter((name) => name.endsWith('.tar.zst'))).toHaveLength(1);
  expect(names.filter((name) => name.endsWith('.tar')).length).toBeGreaterThan(0);
  const { rows, roomBytes } = await unpackAll(blobs);
  const isCompressed = (name: string, size: number) =>
    name.endsWith('.dat') && !name.endsWith('toc.dat') && size >= MIB;
  for (const [name, size] of sizes) {
    const there = isCompressed(name, size) ? `${name}.zst` : name;
    expect(rows.get(there), name).toEqual({
      size,
      head: (name + '\0'.repeat(4)).slice(0, Math.min(there.length, size)),
    });
  }
  expect(rows.size).toBe(sizes.size);
  expect(files.unpackedBytes).toBe(roomBytes);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  expect([files.bytes, files.sentBytes]).toEqual([total, total]);
  // Nothing is left here.
  expect(readdirSync(path.join(directory, 'compressed'))).toEqual([]);
  for (const name of sizes.keys()) expect(existsSync(path.join(directory, name.replaceAll('/', '-')))).toBe(false);
});

test('what is put travels in a pack, and its room is told in whole blocks of a disk', async () => {
  const { blobs, files } = await makeGround();
  for (let n = 1; n <= 3_000; n += 1) await files.put(`databases/5/${n}.dat`, Buffer.from(`${n}`));
  await files.sent();
  expect([...blobs.keys()]).toEqual(['packs/0001.tar.zst']);
  expect(files.unpackedBytes).toBe(3_000 * 4_096);
  expect((await unpackAll(blobs)).rows.size).toBe(3_000);
});

test('a store that fails is told once, and whoever waits for room goes on', async () => {
  const told: unknown[] = [];
  const files = createOutgoingFiles({
    mover: { write: () => Promise.reject(new Error('gone')) },
    directory: await makeDirectory(),
    signal: new AbortController().signal,
    onFailure: (error) => told.push(error),
  });
  for (let n = 1; n <= 20; n += 1) await files.put(`databases/5/${n}.dat`, Buffer.alloc(MIB));
  await expect(files.sent()).rejects.toThrow('gone');
  expect(told).toHaveLength(1);
});
