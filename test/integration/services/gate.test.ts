import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { notFound } from '../../../resolvers/ids.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { inside } from '../../../src/db/database.ts';
import type { CommandEntry, CommandTarget } from '../../../src/services/commands/watch.ts';
import { insertImage, insertInstance } from '../../support/sample-rows.ts';
import { admin, idOf, newName, readInstance, refusalOf, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

const token: Caller = { kind: 'TOKEN', id: randomUUID(), name: 'ci', role: 'OPERATOR', address: '10.1.2.3' };

let entries: CommandEntry[] = [];
let targets: CommandTarget[] = [];

beforeEach(() => {
  entries = [];
  targets = [];
  world.onlookers.push({
    requireInScope: async (_tx, _caller, target) => void targets.push(target),
    onCommand: async (_tx, entry) => void entries.push(entry),
  });
});

async function operationOf(id: string) {
  const [operation] = await world.operations.byIds([id]);
  if (!operation) throw new Error(`no operation ${id}`);
  return operation;
}

describe('an operation', () => {
  it('keeps who asked for it and who cancelled it first, also when the name says nothing', async () => {
    const instanceId = await insertInstance(world.database);
    const operationId = idOf(await world.instanceCommands.restart(token, { instanceId }), 'operationId');
    const actor = { kind: 'TOKEN', id: token.id, name: 'ci' };
    expect(await operationOf(operationId)).toMatchObject({ requestedBy: 'ci', actor, cancelledBy: null });
    await world.operationCommands.cancel(admin, operationId);
    await world.operationCommands.cancel(token, operationId);
    const administrator = { kind: 'USER', id: null, name: 'admin' };
    expect(await operationOf(operationId)).toMatchObject({ actor, cancelledBy: administrator });
  });
});

describe('every command', () => {
  it('is told of once with mutation, actor, address and target', async () => {
    const { instanceId } = await world.instanceCommands.create(token, { name: newName('told') });
    const running = await insertInstance(world.database);
    const stopped = await world.instanceCommands.stop(token, { instanceId: running });
    await world.operationCommands.cancel(token, idOf(stopped, 'operationId'));
    const preflight = await world.serverCommands.preflight(token, {});
    const common = {
      actor: { kind: 'TOKEN', id: token.id, name: 'ci' },
      address: '10.1.2.3',
      outcome: 'ALLOWED',
      code: null,
      repeated: false,
    };
    expect(entries).toEqual([
      { ...common, mutation: 'createInstance', targetId: instanceId },
      { ...common, mutation: 'stopInstance', targetId: running },
      { ...common, mutation: 'cancelOperation', targetId: stopped.operationId },
      { ...common, mutation: 'runPreflight', targetId: preflight.operationId },
    ]);
  });

  it('that is refused or fails is told of with its code, and so is a key that is used again', async () => {
    const instanceId = await insertInstance(world.database, { state: 'STOPPED' });
    await refusalOf(world.instanceCommands.stop(token, { instanceId }), 'CONFLICT');
    await refusalOf(world.operationCommands.retry(token, randomUUID()), 'NOT_FOUND');
    world.offer(new AppError('UNAVAILABLE', 'The cluster does not answer.'));
    await refusalOf(world.instanceCommands.create(token, { name: newName('told') }), 'UNAVAILABLE');
    const input = { instanceId, idempotencyKey: randomUUID() };
    await world.instanceCommands.start(token, input);
    await world.instanceCommands.start(token, input);
    expect(entries.map(({ mutation, outcome, code, repeated }) => [mutation, outcome, code, repeated])).toEqual([
      ['stopInstance', 'REFUSED', 'CONFLICT', false],
      ['retryOperation', 'REFUSED', 'NOT_FOUND', false],
      ['createInstance', 'FAILED', 'UNAVAILABLE', false],
      ['startInstance', 'ALLOWED', null, false],
      ['startInstance', 'ALLOWED', null, true],
    ]);
  });

  it('is not done when it cannot be written down, and what is written down goes with it', async () => {
    const instanceId = await insertInstance(world.database);
    world.onlookers.push({
      requireInScope: async () => undefined,
      async onCommand(tx, { outcome }) {
        if (outcome !== 'ALLOWED') return;
        await inside(tx).execute(`CREATE TABLE cms.written_down ()`);
        throw new AppError('UNAVAILABLE', 'There is no room for the record.');
      },
    });
    await refusalOf(world.instanceCommands.delete(admin, { instanceId }), 'UNAVAILABLE');
    expect((await readInstance(world, instanceId)).state).toBe('RUNNING');
    const { rows } = await world.database.pool.query(`SELECT to_regclass('cms.written_down') AS found`);
    expect(rows).toEqual([{ found: null }]);
  });

  it('is refused for its own reason when the refusal cannot be written down', async () => {
    const instanceId = await insertInstance(world.database, { state: 'STOPPED' });
    world.onlookers.push({
      requireInScope: async () => undefined,
      onCommand: async () => Promise.reject(new Error('no room')),
    });
    expect((await refusalOf(world.instanceCommands.stop(admin, { instanceId }), 'CONFLICT')).message).toContain(
      'STOPPED already',
    );
  });

  it('names what it is about to touch, and touches nothing that the caller may not see', async () => {
    const instanceId = await insertInstance(world.database);
    const imageId = await insertImage(world.database);
    await world.instanceCommands.create(token, { name: newName('seen'), sourceImageId: imageId });
    await world.instanceCommands.stop(token, { instanceId });
    const { operationId } = await world.imageCommands.delete(token, { imageId: await insertImage(world.database) });
    await world.operationCommands.cancel(token, operationId ?? '');
    expect(targets).toMatchObject([
      { noun: 'image', id: imageId, field: 'sourceImageId' },
      { noun: 'instance', id: instanceId, field: 'instanceId' },
      { noun: 'image', field: 'imageId' },
      { noun: 'operation', id: operationId, field: 'operationId' },
    ]);
    world.onlookers.push({
      requireInScope: async (_tx, _caller, { noun, field }) => Promise.reject(notFound(noun, field)),
      onCommand: async () => undefined,
    });
    const other = await insertInstance(world.database);
    const refusal = await refusalOf(world.instanceCommands.delete(token, { instanceId: other }), 'NOT_FOUND');
    expect(refusal.details.field).toBe('instanceId');
    expect((await readInstance(world, other)).state).toBe('RUNNING');
  });
});

describe('a busy thing', () => {
  it('is refused with the id of the operation in the way', async () => {
    const instanceId = await insertInstance(world.database);
    const { operationId } = await world.instanceCommands.stop(admin, { instanceId });
    const refusal = await refusalOf(world.instanceCommands.restart(admin, { instanceId }), 'CONFLICT');
    expect(refusal.details).toEqual({ operationId });
  });
});

describe('a key whose operation did not succeed', () => {
  it.each([
    ['FAILED', /has FAILED: nothing new was begun. Take it up again with retryOperation, or use a new key/],
    ['CANCELLED', /was cancelled: nothing new was begun. Use a new key/],
  ])('is answered with a notice when it is %s', async (state, notice) => {
    const input = { name: newName('key'), idempotencyKey: randomUUID(), password: 'correct horse battery' };
    const first = await world.instanceCommands.create(admin, input);
    expect(await world.instanceCommands.create(admin, input)).toEqual(first);
    await world.database.pool.query('UPDATE cms.operations SET state = $2 WHERE id = $1', [first.operationId, state]);
    const again = await world.instanceCommands.create(admin, input);
    expect(again).toEqual({ ...first, notices: [...first.notices, expect.stringMatching(notice)] });
    const order = ['operationId', 'instanceId'] as const;
    expect(order.map((kind) => again[kind])).toEqual(order.map((kind) => first[kind]));
  });

  it('belongs to its actor: another one of the same name has keys of its own', async () => {
    const instanceId = await insertInstance(world.database);
    const input = { instanceId, idempotencyKey: randomUUID() };
    const first = await world.instanceCommands.restart({ ...admin, id: randomUUID() }, input);
    await world.finishOperations();
    const second = await world.instanceCommands.restart({ ...admin, id: randomUUID() }, input);
    expect(second.operationId).not.toBe(first.operationId);
  });
});
