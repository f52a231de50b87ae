import { describe, expect, it } from 'vitest';
import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import { serverSpec } from '../../support/platform-specs.ts';
import { insertDrill, insertImage, insertOperation } from '../../support/sample-rows.ts';
import { useReconcileWorld } from './reconcile-world.ts';

const world = useReconcileWorld();

describe('what a record disowns on the platform', () => {
  it.each(['FAILED', 'DELETED'] as const)('is removed, data last, when the instance is %s', async (state) => {
    const spec = await world.createServer({ state });
    await world.look();
    expect(await world.objects()).toEqual([]);
    const { resourceName: name } = spec;
    expect(Object.keys(await world.drift()).sort()).toEqual([
      `CONFIGURATION ${name}-config REMOVED`,
      `SECRET ${name}-secret REMOVED`,
      `SERVER ${name} REMOVED`,
      `VOLUME ${name}-pvc REMOVED`,
    ]);
    expect((await world.drift())[`VOLUME ${name}-pvc REMOVED`]).toContain(`is ${state}`);
    // Again: nothing to do, and nothing said anew.
    await world.look();
    expect(Object.keys(await world.drift())).toHaveLength(4);
  });

  it('stays for the grace time, which counts from when it was first seen', async () => {
    const spec = await world.makeParts(['volume']);
    await world.record(spec, { state: 'FAILED' });
    await world.look({ graceMs: 60_000 });
    await world.look({ graceMs: 60_000 });
    expect(Object.keys(await world.drift())).toEqual([`VOLUME ${spec.resourceName}-pvc PENDING`]);
    await world.database.pool.query(`UPDATE cms.drift SET first_seen = first_seen - interval '2 minutes'`);
    await world.look({ graceMs: 60_000 });
    expect(Object.keys(await world.drift())).toEqual([`VOLUME ${spec.resourceName}-pvc REMOVED`]);
    expect(await world.objects()).toEqual([]);
  });

  it('is left alone while an operation works on it, and when a record claims it again', async () => {
    const spec = await world.makeParts(['volume']);
    await world.record(spec, { state: 'FAILED' });
    await world.look({ graceMs: 60_000 });
    const operationId = await insertOperation(world.database, { instanceId: spec.instanceId, state: 'QUEUED' });
    await world.look();
    expect(Object.keys(await world.drift())).toEqual([`VOLUME ${spec.resourceName}-pvc RESOLVED`]);
    expect(await world.objects()).toEqual([`volume ${spec.resourceName}-pvc`]);
    await world.database.pool.query(`UPDATE cms.operations SET state = 'SUCCEEDED' WHERE id = $1`, [operationId]);
    await world.database.pool.query(`UPDATE cms.instances SET state = 'CREATING'`);
    await world.look();
    expect(await world.objects()).toEqual([`volume ${spec.resourceName}-pvc`]);
  });

  it('is looked at again under the lock: an operation that began meanwhile keeps it', async () => {
    const spec = await world.makeParts(['volume']);
    await world.record(spec, { state: 'FAILED' });
    // The blob store is read after the platform: here is the time between seeing and removing.
    const meddling: ImageStore = {
      ...world.store,
      listImageIds: async () => {
        await insertOperation(world.database, { instanceId: spec.instanceId, state: 'RUNNING' });
        return [];
      },
    };
    await world.look({ store: meddling });
    expect(await world.objects()).toEqual([`volume ${spec.resourceName}-pvc`]);
    const [[key, reason] = ['', '']] = Object.entries(await world.drift());
    expect(key).toBe(`VOLUME ${spec.resourceName}-pvc PENDING`);
    expect(reason).toMatch(/could not be removed.*busy/);
  });
});

describe('what no record knows on the platform', () => {
  it('is removed when it holds no data', async () => {
    const spec = await world.makeParts(['secret', 'configuration']);
    await world.look();
    expect(await world.objects()).toEqual([]);
    expect(Object.keys(await world.drift()).sort()).toEqual([
      `CONFIGURATION ${spec.resourceName}-config REMOVED`,
      `SECRET ${spec.resourceName}-secret REMOVED`,
    ]);
  });

  it('is never removed with data: the records may be of an older database', async () => {
    const spec = await world.createServer();
    await world.database.pool.query('DELETE FROM cms.instances');
    await world.look();
    await world.look();
    expect(await world.objects()).toHaveLength(4);
    expect((await world.platform.readServer(spec)).phase).toBe('READY');
    const found = await world.drift();
    expect(Object.keys(found).every((key) => key.endsWith('REPORTED'))).toBe(true);
    expect(Object.values(found).every((reason) => /never removed/.test(reason))).toBe(true);
  });

  it('is left alone when its record is of another platform, or names another server', async () => {
    const others = await world.makeParts(['volume']);
    await world.record(others, { platform: 'local:other', state: 'FAILED' });
    const renamed = await world.makeParts(['volume']);
    await world.record({ ...renamed, resourceName: 'elsewhere-0a1b2c3d' }, { state: 'DELETED' });
    await world.look();
    expect(await world.objects()).toHaveLength(2);
    expect(await world.drift()).toEqual({
      [`VOLUME ${others.resourceName}-pvc REPORTED`]: expect.stringContaining('platform local:other'),
      [`VOLUME ${renamed.resourceName}-pvc REPORTED`]: expect.stringContaining('elsewhere-0a1b2c3d'),
    });
  });
});

describe('what is missing', () => {
  it('is told of: the server of a RUNNING instance, and the data of any', async () => {
    const { database } = world;
    const served = await world.makeParts();
    await world.record(served, { state: 'RUNNING', name: 'served' });
    const resting = serverSpec();
    await world.record(resting, { state: 'STOPPED', name: 'resting' });
    const busy = serverSpec();
    await world.record(busy, { state: 'RUNNING' });
    await insertOperation(database, { instanceId: busy.instanceId, state: 'RUNNING' });
    await world.record(serverSpec(), { state: 'RUNNING', platform: 'local:other' });
    await world.look();
    // Records that change at the time tell nothing about what was listed before.
    await world.look();
    expect(await world.drift()).toEqual({
      [`SERVER ${served.resourceName} REPORTED`]: expect.stringContaining('"served" is RUNNING'),
      [`VOLUME ${resting.resourceName}-pvc REPORTED`]: expect.stringContaining('"resting" is STOPPED'),
    });
  });
});

describe('the server of a drill', () => {
  it("is nobody else's while the drill is under way, and is removed when that is over", async () => {
    const spec = await world.makeParts();
    const imageId = await insertImage(world.database, { state: 'DELETED', platform: world.platform.id });
    const operationId = await insertOperation(world.database, { kind: 'VERIFY_IMAGE', state: 'RUNNING', imageId });
    const { namespace, resourceName } = spec;
    const names = { namespace, resourceName, platform: world.platform.id };
    await insertDrill(world.database, {
      ...names,
      id: spec.instanceId,
      imageId,
      sourceInstanceId: imageId,
      operationId,
    });
    await world.look();
    expect(await world.drift()).toEqual({});
    await world.database.pool.query(`UPDATE cms.operations SET state = 'FAILED' WHERE id = $1`, [operationId]);
    await world.look({ graceMs: 60_000 });
    expect((await world.drift())[`VOLUME ${resourceName}-pvc PENDING`]).toContain('drill');
    // Somebody tries it again just before it is removed.
    await world.database.pool.query(`UPDATE cms.operations SET state = 'QUEUED' WHERE id = $1`, [operationId]);
    await world.look();
    expect(await world.objects()).toHaveLength(3);
    await world.database.pool.query(`UPDATE cms.operations SET state = 'CANCELLED' WHERE id = $1`, [operationId]);
    await world.look();
    expect(await world.objects()).toEqual([]);
  });
});
