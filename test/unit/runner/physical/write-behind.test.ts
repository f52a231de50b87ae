import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWriteBehind } from '../../../../src/runner/physical/archive/write-behind.ts';

let target = '';
beforeEach(async () => {
  target = await mkdtemp(path.join(tmpdir(), 'toygres-write-'));
});
afterEach(() => rm(target, { recursive: true, force: true }));

const at = (name: string) => path.join(target, name);

async function openFiles(): Promise<readonly string[]> {
  const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  return (await Promise.all(links)).filter((place) => place.startsWith(target));
}

test('many files come to be side by side, the bytes of each in their order', async () => {
  let written = 0;
  const writer = createWriteBehind((bytes) => (written += bytes));
  await writer.follow(
    (async () => {
      for (let n = 0; n < 300; n += 1) {
        const file = writer.create(at(String(n)), 'wx', 0o600);
        for (let piece = 0; piece < n % 7; piece += 1) await file.write(Buffer.from(`${n}.${piece};`));
        await file.end();
      }
    })(),
  );
  for (let n = 0; n < 300; n += 1) {
    const expected = Array.from({ length: n % 7 }, (_, piece) => `${n}.${piece};`).join('');
    expect(await readFile(at(String(n)), 'utf8')).toBe(expected);
  }
  expect(written).toBeGreaterThan(0);
  expect(await openFiles()).toEqual([]);
});

test('whoever brings bytes waits while too many of them wait, and all arrive', async () => {
  const writer = createWriteBehind();
  const piece = Buffer.alloc(1 << 20, 'x');
  let waits = 0;
  await writer.follow(
    (async () => {
      const file = writer.create(at('large'), 'wx', 0o600);
      for (let n = 0; n < 48; n += 1) {
        const room = file.write(piece);
        if (room === undefined) continue;
        waits += 1;
        await room;
      }
      await file.end();
    })(),
  );
  expect(waits).toBeGreaterThan(0);
  expect((await readFile(at('large'))).equals(Buffer.alloc(48 << 20, 'x'))).toBe(true);
});

test('a file that cannot be written ends whoever brings more, and nothing stays open', async () => {
  const writer = createWriteBehind();
  const bringing = async () => {
    for (let n = 0; ; n += 1) {
      const file = writer.create(at(n === 3 ? 'no/such/directory' : String(n)), 'wx', 0o600);
      await file.write(Buffer.from('rows'));
      await file.end();
    }
  };
  await expect(writer.follow(bringing())).rejects.toThrow(/ENOENT/);
  expect(await openFiles()).toEqual([]);
});

test('a failure of whoever brings the bytes is thrown when every file is closed', async () => {
  const writer = createWriteBehind();
  const bringing = async () => {
    const file = writer.create(at('half'), 'wx', 0o600);
    await file.write(Buffer.alloc(4 << 20));
    throw new Error('the archive is cut');
  };
  await expect(writer.follow(bringing())).rejects.toThrow('the archive is cut');
  expect(await openFiles()).toEqual([]);
});
