import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { insertInstance } from '../../support/sample-rows.ts';
import { admin, idOf, refusalOf, STANDARD_OFFERS, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

let count = 0;
const newInput = () => ({ name: `once-${++count}`, idempotencyKey: randomUUID() });

async function countInstances(name: string): Promise<number> {
  const { rows } = await world.database.pool.query('SELECT count(*)::int FROM cms.instances WHERE name = $1', [name]);
  return rows[0]?.count;
}

describe('the same idempotency key', () => {
  it('with the same input is answered with the first outcome, also at once', async () => {
    const input = { ...newInput(), password: 'correct horse battery', labels: { a: '1', b: '2' } };
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => world.instanceCommands.create(admin, { ...input })),
    );
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect(await countInstances(input.name)).toBe(1);
  });

  it('is answered so whatever became of it, and without asking the platform again', async () => {
    const input = newInput();
    const first = await world.instanceCommands.create(admin, input);
    await world.finishOperations();
    await world.database.pool.query(`UPDATE cms.instances SET state = 'DELETED' WHERE id = $1`, [first.instanceId]);
    world.offer(new AppError('UNAVAILABLE', 'away'));
    expect(await world.instanceCommands.create(admin, input)).toEqual(first);
  });

  it('keeps the notices of the first answer', async () => {
    Object.assign(world.platform, { kind: 'local' });
    const input = { ...newInput(), imageType: 'PG_DURABLE' as const };
    const first = await world.instanceCommands.create(admin, input);
    expect(first.notices).not.toEqual([]);
    Object.assign(world.platform, { kind: 'kubernetes' });
    expect(await world.instanceCommands.create(admin, input)).toEqual(first);
  });

  it('takes null for left out, and labels in any order', async () => {
    const input = newInput();
    const first = await world.instanceCommands.create(admin, { ...input, labels: { a: '1', b: '2' } });
    const again = { ...input, password: null, storageGib: undefined, labels: { b: '2', a: '1' } };
    expect(await world.instanceCommands.create(admin, again)).toEqual(first);
  });

  it('with another input is a CONFLICT, also when only the password differs', async () => {
    const input = { ...newInput(), password: 'correct horse battery' };
    await world.instanceCommands.create(admin, input);
    for (const change of [{ password: 'correct horse staple!' }, { storageGib: 11 }, { labels: { a: '' } }]) {
      const refused = await refusalOf(world.instanceCommands.create(admin, { ...input, ...change }), 'CONFLICT');
      expect(refused.details.field).toBe('idempotencyKey');
      expect(refused.message).not.toContain('horse');
    }
  });

  it('with another input at once lets one in and refuses the other', async () => {
    const { idempotencyKey } = newInput();
    const names = [`once-${++count}`, `once-${++count}`];
    const asked = await Promise.allSettled(
      names.map((name) => world.instanceCommands.create(admin, { name, idempotencyKey })),
    );
    expect(asked.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const counts = await Promise.all(names.map(countInstances));
    expect(counts.sort()).toEqual([0, 1]);
  });

  it('is another one for another caller and in another mutation', async () => {
    const input = newInput();
    await world.instanceCommands.create(admin, input);
    const other = { ...admin, name: 'somebody else' };
    await refusalOf(world.instanceCommands.create(other, input), 'CONFLICT');
    const instanceId = await insertInstance(world.database);
    const { idempotencyKey } = input;
    const stopped = await world.instanceCommands.stop(admin, { instanceId, idempotencyKey });
    expect(await world.instanceCommands.stop(admin, { instanceId, idempotencyKey })).toEqual(stopped);
    const operation = idOf(stopped, 'operationId');
    expect((await world.operations.page({ instanceId }, { first: 10, after: null })).rows).toMatchObject([
      { id: operation },
    ]);
  });

  it('is free again when its work was refused', async () => {
    const input = newInput();
    world.offer([]);
    await refusalOf(world.instanceCommands.create(admin, input), 'UNAVAILABLE');
    world.offer(STANDARD_OFFERS);
    const holder = await world.instanceCommands.create(admin, { name: input.name });
    await refusalOf(world.instanceCommands.create(admin, input), 'CONFLICT');
    await world.database.pool.query(`UPDATE cms.instances SET state = 'DELETED' WHERE id = $1`, [holder.instanceId]);
    const accepted = await world.instanceCommands.create(admin, input);
    expect(idOf(accepted, 'instanceId')).not.toBe(holder.instanceId);
  });

  it('is forgotten after 7 days', async () => {
    const input = newInput();
    const first = await world.instanceCommands.create(admin, input);
    const age = (interval: string) =>
      world.database.pool.query('UPDATE cms.idempotency_keys SET created_at = now() - $1::interval WHERE key = $2', [
        interval,
        input.idempotencyKey,
      ]);
    await age('6 days 23 hours');
    expect(await world.instanceCommands.create(admin, input)).toEqual(first);
    await age('7 days 1 minute');
    await world.database.pool.query(`UPDATE cms.instances SET state = 'DELETED' WHERE id = $1`, [first.instanceId]);
    const second = await world.instanceCommands.create(admin, input);
    expect(second.instanceId).not.toBe(first.instanceId);
  });

  it('leaves no old key behind for ever: new ones clear them away', async () => {
    const { pool } = world.database;
    await pool.query(
      `INSERT INTO cms.idempotency_keys (caller, mutation, key, input_digest, outcome, created_at)
       SELECT 'old', 'createInstance', n::text, '', '{}', now() - interval '8 days' FROM generate_series(1, 25) n`,
    );
    for (let n = 0; n < 3; n++) await world.instanceCommands.create(admin, newInput());
    const { rows } = await pool.query(`SELECT count(*)::int FROM cms.idempotency_keys WHERE caller = 'old'`);
    expect(rows).toEqual([{ count: 0 }]);
  });

  it('keeps neither the password nor a plain digest of it', async () => {
    const input = { ...newInput(), password: 'correct horse battery' };
    await world.instanceCommands.create(admin, input);
    const { rows } = await world.database.pool.query(
      'SELECT input_digest AS digest, k::text AS row FROM cms.idempotency_keys k WHERE key = $1',
      [input.idempotencyKey],
    );
    expect(rows[0].row).not.toContain('horse');
    expect(rows[0].digest).toMatch(/^[0-9a-f]{12}\.[0-9a-f]{64}$/);
  });
});
