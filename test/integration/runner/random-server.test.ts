import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDatabase, makeRoles } from '../../random/bring-back.ts';
import { WISHES } from '../../random/property.ts';
import { writeDatabase } from '../../random/write-database.ts';
import { compareFacts } from '../../support/compare-servers.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import { readFactsOf } from '../../support/server-facts.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await makeRoles(source);
});
afterAll(() => harness?.stop());

interface Said {
  readonly code: string;
  readonly severity: string;
}

// Single databases, and many more of them, go through dump and load alone: npm run test:random.
test('a server of databases made of random parts comes back whole by the programs of an image', async () => {
  const databases = fc.sample(WISHES, { seed: 11, numRuns: 24 }).map((wishes, nth) => ({
    name: `random ${nth + 1}`,
    statements: writeDatabase(wishes),
  }));
  let made = 0;
  for (const { name, statements } of databases) made += (await makeDatabase(source, name, statements)).made.length;
  expect(made).toBeGreaterThan(300);
  const there = new Map<string, Awaited<ReturnType<typeof readFactsOf>>>();
  for (const { name } of databases) there.set(name, await readFactsOf(source, name));
  const image = await harness.backup(source, { parameters: { TOYGRES_ACCEPT_LOSS: 'NOTHING' } });
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  const { volume, end } = await harness.restore(image, { parameters: { TOYGRES_ACCEPT_LOSS: 'NOTHING' } });
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  expect(((end.results[0]?.findings ?? []) as Said[]).filter(({ severity }) => severity !== 'INFO')).toEqual([]);
  const copy = await harness.startRestored(volume, source.password);
  for (const { name } of databases) {
    const before = there.get(name);
    expect(before === undefined ? ['unread'] : compareFacts(before, await readFactsOf(copy, name))).toEqual([]);
  }
});
