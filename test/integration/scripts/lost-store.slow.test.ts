import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';

let harness: ScriptHarness;

beforeAll(async () => {
  harness = await createScriptHarness();
});

afterAll(() => harness.stop());

test('a blob store that goes away is waited for half a minute and then named as the cause', async () => {
  const source = await harness.makeSource(['--encoding=UTF8', '--locale=C']);
  const run = await harness.runner.start('backup.sh', harness.backupRun(source, 'lost'));
  await run.untilLine(/"phase":"hash"/);
  await harness.azurite.kill();
  const end = await run.ended;
  expect(end).toMatchObject({ exitCode: 1, results: [] });
  expect(end.errors.at(-1)).toMatch(/blob store does not answer: dial tcp .*connection refused/);
}, 120_000);
