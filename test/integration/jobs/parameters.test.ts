import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UpdateInstance } from '../../../resolvers/ports/commands.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

const HOSTILE = `it's "$(id)" \`id\` \\ 'x' = -c port=1`;

let world: ControlPlane;
let id: string;
beforeAll(async () => {
  world = await openControlPlane();
  const made = await world.createInstance({ name: 'tuned', parameters: { work_mem: '7MB', 'custom.words': HOSTILE } });
  expect((await world.ended(made.operationId)).state).toBe('SUCCEEDED');
  id = made.instanceId;
});
afterAll(() => world?.stop());

async function show(name: string): Promise<string> {
  const client = await world.connect(id);
  const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
  await client.end();
  return rows[0]?.value ?? '';
}
const change = (parameters: UpdateInstance['parameters']) => world.updateInstance({ instanceId: id, parameters });
const isPending = async () => {
  const { state, parameters, startedParameters } = await world.instance(id);
  return state === 'RUNNING' && JSON.stringify(parameters) !== JSON.stringify(startedParameters);
};

describe('parameters of PostgreSQL', () => {
  test('are what a new server is started with, as they are', async () => {
    expect(await show('work_mem')).toBe('7MB');
    expect(await show('custom.words')).toBe(HOSTILE);
    expect(await isPending()).toBe(false);
  });

  test('wait for the next start, and are known to', async () => {
    expect((await change({ work_mem: '9MB' })).notices).toEqual([expect.stringContaining('restart the instance')]);
    expect(await show('work_mem')).toBe('7MB');
    expect(await isPending()).toBe(true);
    expect((await change({ work_mem: '7MB', 'custom.words': HOSTILE })).notices).toEqual([]);
    expect(await isPending()).toBe(false);
    await change({ work_mem: '9MB' });
    expect((await world.act('restart', id)).state).toBe('SUCCEEDED');
    expect(await show('work_mem')).toBe('9MB');
    expect(await isPending()).toBe(false);
  });

  test('that PostgreSQL refuses fail the start in its words, and the next ones bring the server up', async () => {
    await change({ work_mem: 'many' });
    const failed = await world.act('restart', id);
    expect(failed).toMatchObject({ state: 'FAILED', failure: { message: expect.stringContaining('work_mem') } });
    expect(await world.instance(id)).toMatchObject({ state: 'STOPPED' });
    await change({ no_such_parameter: '1' });
    expect((await world.act('start', id)).failure?.message).toContain('no_such_parameter');
    await change({});
    expect((await world.act('start', id)).state).toBe('SUCCEEDED');
    expect(await show('work_mem')).toBe('4MB');
  });

  test('bring up a server that its own settings keep down', async () => {
    const client = await world.connect(id);
    await client.query('ALTER SYSTEM SET wal_level = minimal');
    await client.end();
    expect((await world.act('restart', id)).state).toBe('FAILED');
    await change({ wal_level: 'replica' });
    expect((await world.act('start', id)).state).toBe('SUCCEEDED');
    expect(await show('wal_level')).toBe('replica');
  });

  test('are not changed while an operation starts or stops the server', async () => {
    const operationId = await world.begin('restart', id);
    await expect(change({})).rejects.toMatchObject({ code: 'CONFLICT', details: { operationId } });
    expect((await world.ended(operationId)).state).toBe('SUCCEEDED');
  });

  test('are no part of an image: a restored server has those that it was given', async () => {
    const image = await world.createImage('of-tuned', id);
    expect((await world.ended(image.operationId)).state).toBe('SUCCEEDED');
    const restored = await world.createInstance({
      name: 'again',
      sourceImageId: image.imageId,
      parameters: { shared_buffers: '12MB' },
    });
    expect((await world.ended(restored.operationId)).failure).toBeNull();
    const client = await world.connect(restored.instanceId);
    expect((await client.query('SHOW shared_buffers')).rows).toEqual([{ shared_buffers: '12MB' }]);
    await client.end();
  });
});
