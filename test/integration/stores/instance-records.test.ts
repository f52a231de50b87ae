import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InstanceRecords } from '../../../jobs/ports/records.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { INSTANCE_STATES, type InstanceState } from '../../../schema/states.ts';
import { createInstanceRecords } from '../../../src/stores/instances/records.ts';
import { insertInstance, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
let records: InstanceRecords;
beforeAll(async () => {
  test = await createTestDatabase();
  records = createInstanceRecords(test.database, secrets);
});
afterAll(() => test.stop());

const endpoint = { host: '127.0.0.1', port: 5433, dnsName: null };
const failure = { code: 'STEP_FAILED', message: 'initdb: no space left on device', step: 'Start the server' };

const transitions: Record<string, (tx: Transaction, id: string) => Promise<void>> = {
  markRunning: (tx, id) => records.markRunning(tx, id, endpoint),
  markStopped: (tx, id) => records.markStopped(tx, id),
  markFailed: (tx, id) => records.markFailed(tx, id, failure),
  markDeleting: (tx, id) => records.markDeleting(tx, id),
  markDeleted: (tx, id) => records.markDeleted(tx, id),
  reopenCreation: (tx, id) => records.reopenCreation(tx, id),
};

async function apply(id: string, transition: string): Promise<void> {
  await test.database.transaction(async (tx) => transitions[transition]?.(tx, id));
}

describe('a transition of an instance', () => {
  it.each<[string, InstanceState, InstanceState[]]>([
    ['markRunning', 'RUNNING', ['CREATING', 'RUNNING', 'STOPPED']],
    ['markStopped', 'STOPPED', ['RUNNING', 'STOPPED']],
    ['markFailed', 'FAILED', ['CREATING', 'FAILED']],
    ['markDeleting', 'DELETING', ['RUNNING', 'DELETING']],
    ['markDeleted', 'DELETED', ['DELETING', 'DELETED', 'FAILED']],
    ['reopenCreation', 'CREATING', ['CREATING', 'FAILED']],
  ])('%s leads to %s from %j, and is a CONFLICT that names both states from any other', async (name, to, from) => {
    for (const state of INSTANCE_STATES) {
      const id = await insertInstance(test.database, { state });
      if (from.includes(state)) {
        await apply(id, name);
        expect((await records.read(id)).state).toBe(to);
        await apply(id, name);
        expect((await records.read(id)).state).toBe(to);
      } else {
        const before = await records.read(id);
        const message = expect.stringMatching(new RegExp(`is ${state} and cannot become ${to}`));
        await expect(apply(id, name)).rejects.toMatchObject({ code: 'CONFLICT', message });
        expect(await records.read(id)).toEqual(before);
      }
    }
  });

  it('is NOT_FOUND for an unknown id', async () => {
    for (const name of Object.keys(transitions)) {
      await expect(apply(randomUUID(), name)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await expect(records.read(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(records.readPassword(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is undone with its transaction', async () => {
    const id = await insertInstance(test.database, { state: 'CREATING' });
    const broken = test.database.transaction(async (tx) => {
      await records.markRunning(tx, id, endpoint);
      throw new Error('the step failed after all');
    });
    await expect(broken).rejects.toThrow('after all');
    expect(await records.read(id)).toMatchObject({ state: 'CREATING', endpoint: null, revision: 1 });
  });
});

describe('what belongs to a state', () => {
  it('is an endpoint while RUNNING, and no failure', async () => {
    const id = await insertInstance(test.database, { state: 'STOPPED', failure });
    await apply(id, 'markRunning');
    expect(await records.read(id)).toMatchObject({ endpoint, failure: null });
    await apply(id, 'markStopped');
    expect(await records.read(id)).toMatchObject({ endpoint: null, failure: null, health: 'UNKNOWN' });
  });

  it('is the failure of a creation, until it is taken up again with its password', async () => {
    const id = await insertInstance(test.database, { state: 'CREATING', name: 'second-try' });
    await apply(id, 'markFailed');
    expect(await records.read(id)).toMatchObject({ failure });
    await apply(id, 'reopenCreation');
    expect(await records.read(id)).toMatchObject({ state: 'CREATING', failure: null });
    expect(await records.readPassword(id)).toBe('password of second-try');
  });

  it('is a failure beside the state that the platform shows, NUL characters left out', async () => {
    const id = await insertInstance(test.database, { state: 'RUNNING', endpoint });
    const told = { ...failure, message: 'it said \0 and died' };
    await test.database.transaction((tx) => records.setFailure(tx, id, told));
    expect(await records.read(id)).toMatchObject({
      state: 'RUNNING',
      endpoint,
      failure: { message: 'it said  and died' },
    });
  });

  it('is no password once DELETED', async () => {
    const id = await insertInstance(test.database, { state: 'DELETING' });
    await apply(id, 'markDeleted');
    await expect(records.readPassword(id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('never shows in a record: the password stays where it is', async () => {
    const id = await insertInstance(test.database);
    expect(Object.keys(await records.read(id)).filter((key) => /password/i.test(key))).toEqual([]);
  });
});

describe('the revision', () => {
  it('grows with every change, and the time of the change with it', async () => {
    const id = await insertInstance(test.database, { state: 'CREATING', updatedAt: new Date(0) });
    await apply(id, 'markRunning');
    const once = await records.read(id);
    await apply(id, 'markStopped');
    const twice = await records.read(id);
    expect([once.revision, twice.revision]).toEqual([2, 3]);
    expect(once.updatedAt.getTime()).toBeGreaterThan(0);
    expect(twice.updatedAt.getTime()).toBeGreaterThanOrEqual(once.updatedAt.getTime());
  });
});

describe('a creation that is taken up again', () => {
  it('is a CONFLICT when its name or its DNS label was taken meanwhile', async () => {
    const failed = await insertInstance(test.database, { state: 'FAILED', name: 'taken', dnsLabel: 'taken-label' });
    const holder = await insertInstance(test.database, { name: 'taken' });
    await expect(apply(failed, 'reopenCreation')).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { field: 'name' },
    });
    await test.database.pool.query(`UPDATE cms.instances SET state = 'FAILED' WHERE id = $1`, [holder]);
    await insertInstance(test.database, { dnsLabel: 'taken-label', exposure: 'PUBLIC' });
    await expect(apply(failed, 'reopenCreation')).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { field: 'dnsLabel' },
    });
    expect((await records.read(failed)).state).toBe('FAILED');
  });
});
