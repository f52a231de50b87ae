import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';

const PATIENCE_MS = 200_000;
/** Means something to a shell, to Kubernetes, to a file of settings, or to all of them. */
const HOSTILE = `it's "$(PGDATA)" $(id) \`id\` $$ $HOME \\ 'x' = -c port=1 #`;

interface Parameter {
  readonly name: string;
  readonly value: string;
}
interface Updated {
  readonly instance: { readonly pendingRestart: boolean; readonly parameters: readonly Parameter[] };
  readonly notices: readonly string[];
}

let world: ControlPlane;
let id: string;
beforeAll(async () => {
  world = await startControlPlane('cluster-parameters', { environment: { TOYGRES_START_PATIENCE_SECONDS: '30' } });
  const parameters = [
    { name: 'work_mem', value: '7MB' },
    { name: 'custom.words', value: HOSTILE },
  ];
  const created = await world.api.createInstance({ name: 'tuned', postgresVersion: '15', storageGib: 1, parameters });
  await world.api.untilOver(created.operationId);
  id = created.id;
});
afterAll(() => world?.stop());

const show = async (name: string) =>
  (await query(await world.login(id), 'postgres', `SELECT current_setting('${name}') AS value`))[0]?.value;
const update = async (...parameters: Parameter[]) =>
  (
    await world.api.request<{ updateInstance: Updated }>(
      `mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) {
        instance { pendingRestart parameters { name value } } notices } }`,
      { input: { instanceId: id, parameters } },
    )
  ).updateInstance;
const isPending = async () =>
  (
    await world.api.request<{ instance: { pendingRestart: boolean } }>(
      'query ($id: ID!) { instance(id: $id) { pendingRestart } }',
      { id },
    )
  ).instance.pendingRestart;
const change = async (verb: 'start' | 'stop' | 'restart', state = 'SUCCEEDED') =>
  world.api.untilOver((await world.api.changeInstance(verb, id)).operationId, state, PATIENCE_MS);

test('a server is started with its parameters, whatever stands in them', async () => {
  expect(await show('work_mem')).toBe('7MB');
  expect(await show('custom.words')).toBe(HOSTILE);
  expect(await isPending()).toBe(false);
});

test('other ones wait for the next start, which is told, and a restart brings them', async () => {
  const { instance, notices } = await update({ name: 'work_mem', value: '9MB' });
  expect(instance).toEqual({ pendingRestart: true, parameters: [{ name: 'work_mem', value: '9MB' }] });
  expect(notices).toEqual([expect.stringContaining('restart the instance')]);
  expect(await show('work_mem')).toBe('7MB');
  await change('restart');
  expect(await show('work_mem')).toBe('9MB');
  expect(await isPending()).toBe(false);
});

test('what belongs to Toygres or would run a command is refused', async () => {
  for (const name of ['archive_command', 'ssl_key_file', 'hba_file', 'shared_preload_libraries', 'port']) {
    await expect(update({ name, value: 'x' })).rejects.toThrow(`${name} cannot be set here`);
  }
  await expect(update({ name: 'work_mem', value: '1MB\nport=1' })).rejects.toThrow('control characters');
});

test('a server that does not come up because of one says so, and comes up by another', async () => {
  await update({ name: 'work_mem', value: 'many' });
  const { failure } = await change('restart', 'FAILED');
  expect(failure?.message).toContain('work_mem');
  await update();
  await change('start');
  expect(await show('work_mem')).toBe('4MB');
});

test('a server that its own settings keep down comes up by a parameter', async () => {
  await query(await world.login(id), 'postgres', 'ALTER SYSTEM SET wal_level = minimal');
  await change('restart', 'FAILED');
  await update({ name: 'wal_level', value: 'replica' });
  await change('start');
  expect(await show('wal_level')).toBe('replica');
  await world.api.untilOver((await world.api.changeInstance('delete', id)).operationId);
});
