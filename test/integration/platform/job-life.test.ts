import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { markProcess } from '../../../src/machine/process-mark.ts';
import { readLife } from '../../../src/platform/local/jobs/job-records.ts';
import { layoutOf } from '../../../src/platform/local/layout.ts';
import { createLocalHome, type LocalHome } from '../../support/local-platform.ts';
import { jobSpec } from '../../support/platform-specs.ts';

let home: LocalHome;
beforeAll(async () => {
  home = await createLocalHome();
});
afterAll(() => home.stop());

/** As a supervisor writes its notes. */
async function write(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, `${text}\n`);
  await rename(`${file}.new`, file);
}

test('a job that is taken up again, over and over, is lost to no reader whenever it looks', async () => {
  const paths = layoutOf(home.stateDirectory).job(jobSpec('true'));
  await mkdir(paths.run, { recursive: true });
  const living = Object.values((await markProcess(process.pid)) ?? {}).join(' ');
  const deadOf = (round: number) => living.replace(/ \d+ /, ` ${round + 1} `);
  const end = JSON.stringify({ state: 'INTERRUPTED', cause: 'interrupt', failures: 0, finishedAt: 1 });
  const seen = new Set<string>();
  let reading = true;
  const read = async () => {
    while (reading) seen.add((await readLife(paths)).phase);
  };

  await write(paths.end, end);
  const readers = [read(), read(), read()];
  for (let round = 0; round < 200; round += 1) {
    await write(paths.end, end);
    if (round % 2 === 0) await write(paths.supervisor, deadOf(round));
    else await rm(paths.supervisor);
    await write(paths.supervisor, living);
    await rm(paths.end);
  }
  reading = false;
  await Promise.all(readers);
  expect([...seen].sort()).toEqual(['ended', 'pending']);
});
