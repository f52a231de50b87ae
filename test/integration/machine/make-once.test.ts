import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeOnce } from '../../support/make-once.ts';

let place: string;
beforeEach(async () => {
  place = await mkdtemp('/tmp/toygres-once-');
});
afterEach(() => rm(place, { recursive: true, force: true }));

test('makes the directory around it, makes it once for all who ask, and shows nobody half of it', async () => {
  const target = path.join(place, 'not/there/yet');
  const seen: boolean[] = [];
  let made = 0;
  const make = async (unfinished: string) => {
    made += 1;
    await mkdir(unfinished);
    seen.push(existsSync(target));
    await writeFile(path.join(unfinished, 'file'), 'whole');
  };
  await Promise.all([makeOnce(target, make), makeOnce(target, make)]);
  expect([made, seen, await readFile(path.join(target, 'file'), 'utf8')]).toEqual([1, [false], 'whole']);
});

test('what could not be made leaves nothing, and is made by who asks next', async () => {
  const target = path.join(place, 'target');
  const failing = async (unfinished: string) => {
    await writeFile(unfinished, 'half');
    throw new Error('no more');
  };
  await expect(makeOnce(target, failing)).rejects.toThrow('no more');
  expect([existsSync(target), existsSync(`${target}.new`)]).toEqual([false, false]);
  await makeOnce(target, (unfinished) => writeFile(unfinished, 'whole'));
  expect(await readFile(target, 'utf8')).toBe('whole');
});
