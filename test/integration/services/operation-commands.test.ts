import { describe, expect, it } from 'vitest';
import { insertImage, insertInstance } from '../../support/sample-rows.ts';
import { admin, idOf, refusalOf, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

async function read(operationId: string) {
  const [operation] = await world.operations.byIds([operationId]);
  if (!operation) throw new Error(`no operation ${operationId}`);
  return operation;
}

/** A creation that failed and was taken back, as the engine leaves it. */
async function failedCreation(name: string) {
  const accepted = await world.instanceCommands.create(admin, { name });
  const failure = JSON.stringify({ code: 'STEP_FAILED', message: 'no space left', step: 'Start the server' });
  const { pool } = world.database;
  await pool.query(`UPDATE cms.operations SET state = 'FAILED', failure = $2 WHERE id = $1`, [
    accepted.operationId,
    failure,
  ]);
  await pool.query(`UPDATE cms.instances SET state = 'FAILED', failure = $2 WHERE id = $1`, [
    accepted.instanceId,
    failure,
  ]);
  return { operationId: idOf(accepted, 'operationId'), instanceId: idOf(accepted, 'instanceId') };
}

async function fail(operationId: string, ofRecord = ''): Promise<void> {
  const { pool } = world.database;
  await pool.query(`UPDATE cms.operations SET state = 'FAILED' WHERE id = $1`, [operationId]);
  if (ofRecord !== '') await pool.query(`UPDATE cms.${ofRecord} SET state = 'FAILED' WHERE state = 'CREATING'`);
}

async function countJobs(operationId: string): Promise<number> {
  const { rows } = await world.database.pool.query(
    `SELECT count(*)::int FROM pgboss.job WHERE data->>'operationId' = $1`,
    [operationId],
  );
  return rows[0].count;
}

describe('an accepted command', () => {
  it('has its steps, its first event and one queue job from the start', async () => {
    const accepted = await world.instanceCommands.create(admin, { name: 'complete' });
    const operationId = idOf(accepted, 'operationId');
    const [steps] = await world.operations.steps([operationId]);
    expect(steps?.length).toBeGreaterThan(3);
    expect(steps?.every((step) => step.state === 'PENDING')).toBe(true);
    expect(await countJobs(operationId)).toBe(1);
  });

  it('that is refused after all leaves no queue job either', async () => {
    const jobs = async () => (await world.database.pool.query('SELECT count(*)::int FROM pgboss.job')).rows[0].count;
    const before = await jobs();
    await refusalOf(world.instanceCommands.create(admin, { name: 'complete' }), 'CONFLICT');
    expect(await jobs()).toBe(before);
  });
});

describe('cancelling', () => {
  it('twice is once, and is a CONFLICT when the operation is over', async () => {
    const instanceId = await insertInstance(world.database);
    const operationId = idOf(await world.instanceCommands.stop(admin, { instanceId }), 'operationId');
    await world.operationCommands.cancel(admin, operationId);
    await world.operationCommands.cancel(admin, operationId.toUpperCase());
    expect((await read(operationId)).state).toBe('CANCELLING');
    await world.finishOperations();
    await refusalOf(world.operationCommands.cancel(admin, operationId), 'CONFLICT');
  });
});

describe('retrying', () => {
  it('takes a failed creation up again: same operation, name held, next run', async () => {
    const { operationId, instanceId } = await failedCreation('again');
    await world.operationCommands.retry(admin, operationId);
    expect(await read(operationId)).toMatchObject({ state: 'QUEUED', run: 2, failure: null });
    expect((await world.instances.byIds([instanceId]))[0]).toMatchObject({ state: 'CREATING', failure: null });
    await refusalOf(world.instanceCommands.create(admin, { name: 'again' }), 'CONFLICT');
    expect(await countJobs(operationId)).toBe(2);
  });

  it('is a CONFLICT when the name was taken meanwhile, and nothing has changed', async () => {
    const { operationId, instanceId } = await failedCreation('taken');
    await world.instanceCommands.create(admin, { name: 'taken' });
    expect((await refusalOf(world.operationCommands.retry(admin, operationId), 'CONFLICT')).details.field).toBe('name');
    expect((await read(operationId)).state).toBe('FAILED');
    expect((await world.instances.byIds([instanceId]))[0]?.state).toBe('FAILED');
  });

  it('is a CONFLICT for what is under way, and for a record that was deleted meanwhile', async () => {
    const instanceId = await insertInstance(world.database);
    const running = idOf(await world.instanceCommands.stop(admin, { instanceId }), 'operationId');
    const refusal = await refusalOf(world.operationCommands.retry(admin, running), 'CONFLICT');
    expect(refusal.details).toEqual({ operationId: running });
    const failed = await failedCreation('forgotten');
    await world.instanceCommands.delete(admin, { instanceId: failed.instanceId });
    await refusalOf(world.operationCommands.retry(admin, failed.operationId), 'CONFLICT');
    await world.finishOperations();
    const { pool } = world.database;
    await pool.query(`UPDATE cms.operations SET state = 'FAILED' WHERE id = $1`, [failed.operationId]);
    await pool.query(`UPDATE cms.instances SET state = 'DELETED' WHERE id = $1`, [failed.instanceId]);
    expect((await refusalOf(world.operationCommands.retry(admin, failed.operationId), 'CONFLICT')).message).toContain(
      'DELETED',
    );
  });

  it('is a CONFLICT where it could not help: the image of a restore, the source of an image or the server itself is gone', async () => {
    const { pool } = world.database;
    const sourceImageId = await insertImage(world.database);
    const restore = await world.instanceCommands.create(admin, { name: 'restored', sourceImageId });
    await fail(idOf(restore, 'operationId'), 'instances');
    await pool.query(`UPDATE cms.images SET state = 'DELETED' WHERE id = $1`, [sourceImageId]);
    const durableImageId = await insertImage(world.database, { imageType: 'PG_DURABLE', postgresVersion: '17' });
    const durable = await world.instanceCommands.create(admin, { name: 'resumed', sourceImageId: durableImageId });
    await fail(idOf(durable, 'operationId'), 'instances');
    await pool.query(`UPDATE cms.images SET state = 'DELETED' WHERE id = $1`, [durableImageId]);
    const sourceId = await insertInstance(world.database, { name: 'source' });
    const image = await world.imageCommands.create(admin, { name: 'taken', instanceId: sourceId });
    await fail(idOf(image, 'operationId'), 'images');
    await pool.query(`UPDATE cms.instances SET state = 'STOPPED' WHERE id = $1`, [sourceId]);
    const instanceId = await insertInstance(world.database, { name: 'restarted' });
    const restart = await world.instanceCommands.restart(admin, { instanceId });
    await fail(idOf(restart, 'operationId'));
    await pool.query(`UPDATE cms.instances SET state = 'DELETED' WHERE id = $1`, [instanceId]);

    for (const [{ operationId }, reason] of [
      [restore, /is DELETED; only an AVAILABLE one can be restored/],
      [durable, /is DELETED; only an AVAILABLE one can be restored/],
      [image, /"source" is STOPPED; only a RUNNING one can be imaged/],
      [restart, /"restarted" is DELETED: there is nothing to try again with/],
    ] as const) {
      const refusal = await refusalOf(world.operationCommands.retry(admin, operationId ?? ''), 'CONFLICT');
      expect(refusal.message).toMatch(reason);
      expect((await read(operationId ?? '')).state).toBe('FAILED');
    }
  });

  it('of what was cancelled is a CONFLICT that says to ask anew', async () => {
    const instanceId = await insertInstance(world.database);
    const operationId = idOf(await world.instanceCommands.stop(admin, { instanceId }), 'operationId');
    await world.database.pool.query(`UPDATE cms.operations SET state = 'CANCELLED' WHERE id = $1`, [operationId]);
    const refusal = await refusalOf(world.operationCommands.retry(admin, operationId), 'CONFLICT');
    expect(refusal.message).toMatch(/is CANCELLED. Ask for the same anew/);
  });
});
