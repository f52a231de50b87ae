import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createBearerSearch, listProcesses } from '../../../src/machine/process-mark.ts';

const SIGN = 'TOYGRES_TEST_SIGN=/some/place/';

async function begin(environment: Record<string, string>, uid?: number): Promise<number> {
  const options = { env: environment, stdio: 'ignore', detached: true, ...(uid !== undefined && { uid }) } as const;
  const child: ChildProcess = spawn('/bin/sleep', ['600'], options);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid ?? 0;
}

test('finds who has the entry, in a look or in one after it, and nobody else', async () => {
  const find = createBearerSearch({ beginning: SIGN });
  const first = await begin({ TOYGRES_TEST_SIGN: '/some/place/1' });
  await begin({ TOYGRES_TEST_SIGN: '/some/places/1' });
  await begin({ OTHER: SIGN });
  expect([...(await find(await listProcesses()))]).toEqual([first]);
  const second = await begin({ A: 'b', TOYGRES_TEST_SIGN: '/some/place/2' });
  expect(new Set(await find(await listProcesses()))).toEqual(new Set([first, second]));
});

test('finds who runs as the user, whatever its environment says', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('this takes root');
  const uid = 64_999;
  const find = createBearerSearch({ beginning: SIGN, uid });
  const found = await begin({}, uid);
  await begin({});
  expect([...(await find(await listProcesses()))]).toEqual([found]);
});
