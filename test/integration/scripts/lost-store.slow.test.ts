import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';

let harness: ScriptHarness;

beforeAll(async () => {
  harness = await createScriptHarness();
});

afterAll(() => harness.stop());

test('a blob store that takes connections and never answers is given up after three minutes', async () => {
  const source = await harness.makeSource(['--encoding=UTF8', '--locale=C']);
  const image = await harness.backup(source);
  const way = await startFaultProxy({ port: Number(new URL(image.url).port) });
  onTestFinished(() => way.stop());
  const url = new URL(image.url);
  url.port = String(way.port);
  await way.set('swallow');
  const { end } = await harness.restore({ ...image, url: url.href });
  expect(end).toMatchObject({ exitCode: 1, results: [] });
  expect(end.errors.at(-1)).toMatch(/blob store does not answer: nothing was heard of it for 180 seconds/);

  await way.set('pass');
  expect((await harness.restore({ ...image, url: url.href })).end.exitCode).toBe(0);
});

test('a blob store that goes away is waited for half a minute and then named as the cause', async () => {
  const source = await harness.makeSource(['--encoding=UTF8', '--locale=C']);
  const run = await harness.runner.start('backup.sh', harness.backupRun(source, 'lost'));
  await run.untilLine(/"phase":"dump"/);
  await harness.azurite.kill();
  const end = await run.ended;
  expect(end).toMatchObject({ exitCode: 1, results: [] });
  expect(end.errors.at(-1)).toMatch(/blob store does not answer: .*ECONNREFUSED/);
});
