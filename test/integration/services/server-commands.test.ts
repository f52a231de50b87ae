import { afterEach, describe, expect, it } from 'vitest';
import { insertInstance, PLATFORM } from '../../support/sample-rows.ts';
import { admin, idOf, refusalOf, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();
afterEach(async () => {
  await world.database.pool.query('TRUNCATE cms.instances, cms.operations CASCADE');
});

describe('a preflight', () => {
  it('is an operation on no instance and no image, with all its steps from the start', async () => {
    const accepted = await world.serverCommands.preflight(admin, {});
    expect(accepted).toMatchObject({ instanceId: null, imageId: null, notices: [] });
    const id = idOf(accepted, 'operationId');
    const [operation] = await world.operations.byIds([id]);
    expect(operation).toMatchObject({ kind: 'PREFLIGHT', state: 'QUEUED', requestedBy: 'admin' });
    const [steps = []] = await world.operations.steps([id]);
    expect(steps.map(({ name }) => name)).toContain('Write to the blob store');
  });

  it('tries the newest version that instances of the namespace have, else the newest that there is', async () => {
    const versionOf = async (namespace?: string) => {
      await world.serverCommands.preflight(admin, { namespace });
      const { input } = world.enqueued.at(-1) ?? {};
      return (input as { postgresVersion: string } | undefined)?.postgresVersion;
    };
    expect(await versionOf()).toBe('17');
    await insertInstance(world.database, { postgresVersion: '15', state: 'STOPPED' });
    await insertInstance(world.database, { postgresVersion: '9', state: 'RUNNING' });
    await insertInstance(world.database, { postgresVersion: '18', state: 'DELETED' });
    await insertInstance(world.database, { postgresVersion: '18', platform: 'kubernetes:prod/toygres' });
    expect(await versionOf()).toBe('15');
    expect(await versionOf('further')).toBe('17');
  });

  it('tries the image of restores with pg_durable when it is asked for that type', async () => {
    const preflight = (input: object) => world.serverCommands.preflight(admin, { imageType: 'PG_DURABLE', ...input });
    await insertInstance(world.database, { postgresVersion: '18', imageType: 'STOCK' });
    await preflight({});
    expect(world.enqueued.at(-1)).toMatchObject({ input: { postgresVersion: '17', imageType: 'PG_DURABLE' } });
    const refused = await refusalOf(preflight({ postgresVersion: '15' }), 'INVALID_INPUT');
    expect([refused.details.field, refused.message]).toEqual([
      'postgresVersion',
      expect.stringContaining('PG_DURABLE'),
    ]);
  });

  it('runs where it is asked to, and nowhere else', async () => {
    await world.serverCommands.preflight(admin, { namespace: 'further', postgresVersion: '16' });
    expect(world.enqueued).toMatchObject([
      { workflow: 'run-preflight', input: { namespace: 'further', postgresVersion: '16' } },
    ]);
    const elsewhere = await refusalOf(
      world.serverCommands.preflight(admin, { namespace: 'kube-system' }),
      'INVALID_INPUT',
    );
    expect([elsewhere.details.field, elsewhere.message]).toEqual(['namespace', expect.stringContaining('further')]);
    const other = await refusalOf(world.serverCommands.preflight(admin, { postgresVersion: '18' }), 'INVALID_INPUT');
    expect([other.details.field, other.message]).toEqual(['postgresVersion', expect.stringContaining('17')]);
  });

  it('is the same operation for the same key, and may run beside others without one', async () => {
    const first = await world.serverCommands.preflight(admin, { idempotencyKey: 'a' });
    expect(await world.serverCommands.preflight(admin, { idempotencyKey: 'a' })).toEqual(first);
    await refusalOf(world.serverCommands.preflight(admin, { idempotencyKey: 'a', namespace: 'further' }), 'CONFLICT');
    expect((await world.serverCommands.preflight(admin, {})).operationId).not.toBe(first.operationId);
  });

  it('says so where the platform has no PostgreSQL', async () => {
    world.offer([]);
    await refusalOf(world.serverCommands.preflight(admin, {}), 'UNAVAILABLE');
    expect(PLATFORM).toBe(world.platform.id);
  });
});
