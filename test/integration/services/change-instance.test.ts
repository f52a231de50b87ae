import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { INSTANCE_STATES, type InstanceState } from '../../../schema/states.ts';
import { insertInstance, insertOperation } from '../../support/sample-rows.ts';
import { admin, idOf, readInstance, refusalOf, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

const read = (id: string) => readInstance(world, id);

/** The states from which the command is accepted. */
async function acceptedFrom(command: 'stop' | 'start' | 'restart' | 'delete', failure: boolean) {
  const accepted: InstanceState[] = [];
  for (const state of INSTANCE_STATES) {
    const instanceId = await insertInstance(world.database, {
      state,
      failure: failure ? { code: 'STEP_FAILED', message: 'it broke', step: null } : null,
    });
    try {
      await world.instanceCommands[command](admin, { instanceId });
      accepted.push(state);
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(state) });
    }
  }
  return accepted;
}

describe('the state of an instance', () => {
  it('decides what can be done to it', async () => {
    expect(await acceptedFrom('stop', false)).toEqual(['RUNNING']);
    expect(await acceptedFrom('restart', false)).toEqual(['RUNNING']);
    expect(await acceptedFrom('start', false)).toEqual(['STOPPED']);
    expect(await acceptedFrom('delete', false)).toEqual(INSTANCE_STATES.filter((state) => state !== 'DELETED'));
  });

  it('lets an instance that should run and failed be started', async () => {
    expect(await acceptedFrom('start', true)).toEqual(['RUNNING', 'STOPPED']);
  });
});

describe('stop, start and restart', () => {
  it('leave the record as it is and enqueue an operation that excludes others', async () => {
    const instanceId = await insertInstance(world.database);
    const accepted = await world.instanceCommands.stop(admin, { instanceId: instanceId.toUpperCase() });
    expect(accepted).toMatchObject({ instanceId, imageId: null, notices: [] });
    expect((await read(instanceId)).state).toBe('RUNNING');
    expect(world.enqueued).toMatchObject([
      { workflow: 'stop-instance', kind: 'STOP_INSTANCE', input: { instanceId }, excludesOnInstance: true },
    ]);
  });

  it('answer NOT_FOUND for an id of nothing and for no id at all', async () => {
    for (const instanceId of [randomUUID(), 'orders', '', "'; --"]) {
      for (const command of ['stop', 'start', 'restart', 'delete', 'update'] as const) {
        await refusalOf(world.instanceCommands[command](admin, { instanceId }), 'NOT_FOUND');
      }
    }
  });

  it('are refused on another platform, which is named', async () => {
    const instanceId = await insertInstance(world.database, { platform: 'kubernetes:prod/toygres' });
    for (const command of ['stop', 'restart', 'delete'] as const) {
      const { message } = await refusalOf(world.instanceCommands[command](admin, { instanceId }), 'CONFLICT');
      expect(message).toContain('kubernetes:prod/toygres');
    }
  });

  it('suffer no other operation on the instance, also of two that come at once', async () => {
    const instanceId = await insertInstance(world.database);
    const [first, second] = await Promise.allSettled([
      world.instanceCommands.stop(admin, { instanceId }),
      world.instanceCommands.restart(admin, { instanceId }),
    ]);
    const won = [first, second].filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    const lost = [first, second].find((one) => one.status === 'rejected');
    expect(lost).toMatchObject({
      reason: {
        code: 'CONFLICT',
        message: expect.stringContaining('under way'),
        details: { operationId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      },
    });
    await world.finishOperations();
    await world.instanceCommands.stop(admin, { instanceId });
  });
});

describe('deleting', () => {
  it('moves the record to DELETING and keeps its name', async () => {
    const instanceId = await insertInstance(world.database, { name: 'keeps-name' });
    await world.instanceCommands.delete(admin, { instanceId });
    expect((await read(instanceId)).state).toBe('DELETING');
    await refusalOf(world.instanceCommands.create(admin, { name: 'keeps-name' }), 'CONFLICT');
  });

  it('is refused while protection is on, with what to do', async () => {
    const instanceId = await insertInstance(world.database, { deletionProtection: true });
    const { message } = await refusalOf(world.instanceCommands.delete(admin, { instanceId }), 'CONFLICT');
    expect(message).toContain('turn its protection off');
    expect((await read(instanceId)).state).toBe('RUNNING');
    await world.instanceCommands.update(admin, { instanceId, deletionProtection: false });
    await world.instanceCommands.delete(admin, { instanceId });
  });

  it('can be begun again after it failed, and not while it is under way', async () => {
    const failure = { code: 'UNAVAILABLE', message: 'the cluster was away', step: null };
    const instanceId = await insertInstance(world.database, { state: 'DELETING', failure });
    await world.instanceCommands.delete(admin, { instanceId });
    expect((await read(instanceId)).failure).toBeNull();
    await refusalOf(world.instanceCommands.delete(admin, { instanceId }), 'CONFLICT');
  });

  it('of a FAILED record takes nothing from the instance that has its name now', async () => {
    const failed = await insertInstance(world.database, { name: 'reborn', state: 'FAILED' });
    const present = await insertInstance(world.database, { name: 'reborn' });
    await world.instanceCommands.delete(admin, { instanceId: failed });
    expect((await read(failed)).state).toBe('FAILED');
    expect((await read(present)).state).toBe('RUNNING');
    expect((await world.instances.byName('reborn'))?.id).toBe(present);
  });

  it('waits for no backup: it is refused while one runs', async () => {
    const instanceId = await insertInstance(world.database);
    const operation = { instanceId, state: 'RUNNING', excludesOnInstance: false } as const;
    const id = await insertOperation(world.database, operation);
    expect((await refusalOf(world.instanceCommands.delete(admin, { instanceId }), 'CONFLICT')).message).toContain(id);
  });
});

describe('updating', () => {
  it('changes what is given, at once and without an operation', async () => {
    const instanceId = await insertInstance(world.database, { labels: { a: '1' } });
    const labelled = await world.instanceCommands.update(admin, { instanceId, labels: { b: '2' } });
    expect(labelled).toEqual({ instanceId, imageId: null, operationId: null, notices: [] });
    await world.instanceCommands.update(admin, { instanceId, deletionProtection: true });
    expect(await read(instanceId)).toMatchObject({ labels: { b: '2' }, deletionProtection: true, revision: 3 });
    await world.instanceCommands.update(admin, { instanceId, labels: {}, deletionProtection: null });
    expect(await read(instanceId)).toMatchObject({ labels: {}, deletionProtection: true });
    expect(world.enqueued).toEqual([]);
  });

  it('changes nothing when nothing is given', async () => {
    const instanceId = await insertInstance(world.database);
    await world.instanceCommands.update(admin, { instanceId });
    expect((await read(instanceId)).revision).toBe(1);
  });

  it('to a smaller volume is refused whole, to the same one changes only the rest', async () => {
    const instanceId = await insertInstance(world.database, { storageGib: 10 });
    const update = (storageGib: number) =>
      world.instanceCommands.update(admin, { instanceId, storageGib, labels: { changed: 'yes' } });
    expect((await refusalOf(update(9), 'INVALID_INPUT')).details.field).toBe('storageGib');
    expect((await read(instanceId)).labels).toEqual({});
    expect((await update(10)).operationId).toBeNull();
    expect(await read(instanceId)).toMatchObject({ labels: { changed: 'yes' }, storageGib: 10 });
  });

  it('to a larger volume is an operation; the record has the old size until it is true', async () => {
    const instanceId = await insertInstance(world.database, { storageGib: 10 });
    const accepted = await world.instanceCommands.update(admin, { instanceId, storageGib: 11, labels: { a: 'b' } });
    expect(idOf(accepted, 'operationId')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await read(instanceId)).toMatchObject({ storageGib: 10, labels: { a: 'b' }, state: 'RUNNING' });
    expect(world.enqueued).toMatchObject([
      {
        workflow: 'grow-volume',
        kind: 'UPDATE_INSTANCE',
        input: { instanceId, storageGib: 11 },
        excludesOnInstance: true,
      },
    ]);
    const second = world.instanceCommands.update(admin, { instanceId, storageGib: 12 });
    expect((await refusalOf(second, 'CONFLICT')).message).toContain('UPDATE_INSTANCE');
  });

  it('to a larger volume needs a server that has one, on this platform', async () => {
    for (const state of INSTANCE_STATES) {
      const instanceId = await insertInstance(world.database, { state, storageGib: 10 });
      const update = world.instanceCommands.update(admin, { instanceId, storageGib: 11, labels: { a: 'b' } });
      if (state === 'RUNNING' || state === 'STOPPED') {
        expect((await update).operationId).not.toBeNull();
      } else {
        expect((await refusalOf(update, 'CONFLICT')).message).toContain(state);
        expect((await read(instanceId)).labels).toEqual({});
      }
    }
    const foreign = await insertInstance(world.database, { platform: 'kubernetes:prod/toygres', storageGib: 10 });
    const update = world.instanceCommands.update(admin, { instanceId: foreign, storageGib: 11 });
    expect((await refusalOf(update, 'CONFLICT')).message).toContain('kubernetes:prod/toygres');
  });

  it('is refused for what is going or gone', async () => {
    for (const state of ['DELETING', 'DELETED'] as const) {
      const instanceId = await insertInstance(world.database, { state });
      const refused = world.instanceCommands.update(admin, { instanceId, labels: {} });
      expect((await refusalOf(refused, 'CONFLICT')).message).toContain(state);
    }
  });
});

describe('an operation', () => {
  it('of another platform can be neither cancelled nor retried from here', async () => {
    const foreign = await insertOperation(world.database, { platform: 'kubernetes:prod/toygres' });
    for (const command of ['cancel', 'retry'] as const) {
      const refused = await refusalOf(world.operationCommands[command](admin, foreign), 'CONFLICT');
      expect(refused.message).toContain('kubernetes:prod/toygres');
      for (const id of [randomUUID(), 'none', '']) {
        await refusalOf(world.operationCommands[command](admin, id), 'NOT_FOUND');
      }
    }
  });

  it('that is enqueued and its record are written together or not at all', async () => {
    const name = 'all-or-nothing';
    const { pool } = world.database;
    await pool.query(`ALTER TABLE cms.operations ADD CONSTRAINT test_refuses CHECK (requested_by <> 'refused')`);
    const refused = { ...admin, name: 'refused' };
    await expect(world.instanceCommands.create(refused, { name })).rejects.toThrow();
    expect(await world.instances.byName(name)).toBeNull();
    const instanceId = await insertInstance(world.database);
    await expect(world.instanceCommands.delete(refused, { instanceId })).rejects.toThrow();
    expect((await read(instanceId)).state).toBe('RUNNING');
    await pool.query('ALTER TABLE cms.operations DROP CONSTRAINT test_refuses');
    const accepted = await world.instanceCommands.create(refused, { name });
    expect((await read(idOf(accepted, 'instanceId'))).state).toBe('CREATING');
  });
});

describe('a deletion after a last image', () => {
  it('leaves the instance as it is, reserves the image, and is alone there', async () => {
    const instanceId = await insertInstance(world.database, { name: 'last-words' });
    const accepted = await world.instanceCommands.delete(admin, { instanceId, finalImage: 'last-words-final' });
    expect((await read(instanceId)).state).toBe('RUNNING');
    const image = await world.images.byName('last-words-final');
    expect(image).toMatchObject({ state: 'CREATING', sourceInstanceId: instanceId });
    expect(world.enqueued).toMatchObject([
      {
        workflow: 'delete-instance-after-image',
        kind: 'DELETE_INSTANCE',
        input: { instanceId, imageId: image?.id },
        excludesOnInstance: true,
        excludesOnImage: true,
      },
    ]);
    expect(idOf(accepted, 'operationId')).not.toBe('');
    await refusalOf(world.instanceCommands.delete(admin, { instanceId }), 'CONFLICT');
  });

  it('needs a RUNNING instance that is not protected, and a name that is free; else nothing is written', async () => {
    const finalImage = 'final-refused';
    const stopped = await insertInstance(world.database, { state: 'STOPPED' });
    const guarded = await insertInstance(world.database, { deletionProtection: true });
    for (const instanceId of [stopped, guarded]) {
      await refusalOf(world.instanceCommands.delete(admin, { instanceId, finalImage }), 'CONFLICT');
    }
    expect(await world.images.byName(finalImage)).toBeNull();
    const [first, second] = [await insertInstance(world.database), await insertInstance(world.database)];
    await world.instanceCommands.delete(admin, { instanceId: first, finalImage });
    const refused = await refusalOf(
      world.instanceCommands.delete(admin, { instanceId: second, finalImage }),
      'CONFLICT',
    );
    expect(refused.details.field).toBe('name');
    expect((await read(second)).state).toBe('RUNNING');
  });
});
