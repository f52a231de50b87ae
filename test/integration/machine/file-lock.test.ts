import { mkdtemp, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeFirstLock, takeLock, withLock } from '../../../src/machine/file-lock.ts';

describe('locks of this machine', () => {
  let directory: string;
  let file: string;
  beforeAll(async () => {
    directory = await mkdtemp('/tmp/toygres-lock-');
    file = path.join(directory, 'lock');
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('work under one lock never overlaps, also when holders remove its file', async () => {
    let inside = 0;
    let most = 0;
    const work = (index: number) =>
      withLock(file, { waitSeconds: 30, busy: 'busy' }, async (lock) => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        if (index % 3 === 0) await lock.remove();
      });
    await Promise.all(Array.from({ length: 20 }, (_, index) => work(index)));
    expect(most).toBe(1);
  });

  test('a lock that is not free in time is UNAVAILABLE, and free after a failure', async () => {
    const held = await takeLock(file, 0);
    await expect(withLock(file, { waitSeconds: 0, busy: 'busy now' }, async () => 1)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'busy now',
    });
    await held?.release();
    const failing = withLock(file, { waitSeconds: 0, busy: 'busy' }, () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(await withLock(file, { waitSeconds: 0, busy: 'busy' }, async () => 2)).toBe(2);
  });

  test('a lock stays held when its holder has forgotten it', async () => {
    const forgotten = path.join(directory, 'forgotten');
    await takeLock(forgotten, 0);
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    for (let round = 0; round < 3; round += 1) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await takeLock(forgotten, 0)).toBeNull();
  });

  test('of some locks the first that is free is taken, and the others are let go', async () => {
    const files = ['one', 'two', 'three'].map((name) => path.join(directory, name));
    const [one, two, three] = await Promise.all(files.map((each) => takeLock(each, 0)));
    const waiting = takeFirstLock(files, new AbortController().signal);
    await two?.release();
    const taken = await waiting;
    expect(taken).not.toBeNull();
    expect(await takeLock(files[1] ?? '', 0)).toBeNull();
    await one?.release();
    await three?.release();
    expect(await takeLock(files[0] ?? '', 0)).not.toBeNull();
    expect(await takeLock(files[2] ?? '', 0)).not.toBeNull();
    await taken?.release();
    expect(await takeLock(files[1] ?? '', 0)).not.toBeNull();
  });

  test('of locks that become free at once one is taken', async () => {
    const files = ['a', 'b', 'c'].map((name) => path.join(directory, name));
    const held = await Promise.all(files.map((each) => takeLock(each, 0)));
    const waiting = takeFirstLock(files, new AbortController().signal);
    await Promise.all(held.map((each) => each?.release()));
    expect(await waiting).not.toBeNull();
    const left = await Promise.all(files.map((each) => takeLock(each, 0)));
    expect(left.filter((each) => each === null)).toHaveLength(1);
  });

  test('whoever gives up waiting for one of some locks holds none of them, whenever that is', async () => {
    const files = ['x', 'y'].map((name) => path.join(directory, name));
    const held = await Promise.all(files.map((each) => takeLock(each, 0)));
    const giveUp = new AbortController();
    const waiting = takeFirstLock(files, giveUp.signal);
    // Now some of its files are about to be opened.
    giveUp.abort();
    expect(await waiting).toBeNull();
    for (const each of held) await each?.release();
    for (const each of files) expect(await takeLock(each, 0)).not.toBeNull();
  });

  test('shared holders exclude only an exclusive one', async () => {
    const one = await takeLock(file, 0, 'shared');
    const two = await takeLock(file, 0, 'shared');
    expect(two).not.toBeNull();
    expect(await takeLock(file, 0)).toBeNull();
    await one?.release();
    await two?.release();
  });

  test('a removed lock leaves no file', async () => {
    await (await takeLock(file, 0))?.remove();
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
