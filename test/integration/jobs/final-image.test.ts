import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';
import { createHooks } from './meddling.ts';

const { hooks, meddling } = createHooks();
let plane: ControlPlane;
beforeAll(async () => {
  plane = await openControlPlane(meddling);
});
afterAll(() => plane.stop());
afterEach(() => hooks.clear());

async function createSource(name: string): Promise<string> {
  const { instanceId, operationId } = await plane.createInstance({ name });
  expect((await plane.ended(operationId)).state).toBe('SUCCEEDED');
  const client = await plane.connect(instanceId);
  await client.query('CREATE TABLE t AS SELECT generate_series(1, 100) n');
  await client.end();
  return instanceId;
}

const failWith = (message: string) => async () => {
  throw new AppError('STEP_FAILED', message);
};

describe('a deletion after a last image', () => {
  it('leaves an image that brings the data back, and nothing else', async () => {
    const instanceId = await createSource('goes');
    const ended = await plane.ended(await plane.deleteAfterImage(instanceId, 'goes-final'));
    expect(ended).toMatchObject({ state: 'SUCCEEDED', percent: 100 });
    expect(await plane.instance(instanceId)).toMatchObject({ state: 'DELETED' });
    const image = await plane.imageNamed('goes-final');
    expect(image).toMatchObject({ state: 'AVAILABLE' });
    expect(await plane.objects()).toEqual([]);
    const restored = await plane.createInstance({ name: 'comes-back', sourceImageId: image?.id ?? null });
    expect((await plane.ended(restored.operationId)).state).toBe('SUCCEEDED');
    const client = await plane.connect(restored.instanceId);
    expect((await client.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 100 }]);
    await client.end();
    await plane.act('delete', restored.instanceId);
  });

  it('deletes nothing when the image fails, and is retried from there', async () => {
    const instanceId = await createSource('stays');
    hooks.store.writeManifest = failWith('the store is full');
    const operationId = await plane.deleteAfterImage(instanceId, 'stays-final');
    expect(await plane.ended(operationId)).toMatchObject({
      state: 'FAILED',
      failure: { message: 'the store is full' },
    });
    const operation = await plane.operation(operationId);
    expect(await plane.image(operation.imageId ?? '')).toMatchObject({ state: 'FAILED' });
    expect(await plane.blobs(`${operation.imageId}/`)).toEqual([]);
    expect(await plane.instance(instanceId)).toMatchObject({ state: 'RUNNING', failure: null });
    const client = await plane.connect(instanceId);
    await client.end();
    hooks.clear();
    await plane.retry(operationId);
    expect((await plane.ended(operationId)).state).toBe('SUCCEEDED');
    expect(await plane.instance(instanceId)).toMatchObject({ state: 'DELETED' });
    expect(await plane.imageNamed('stays-final')).toMatchObject({ state: 'AVAILABLE' });
  });

  it('deletes nothing when the instance was protected meanwhile, and no retry does until it is not any more', async () => {
    const instanceId = await createSource('guarded');
    const protect = (deletionProtection: boolean) => plane.updateInstance({ instanceId, deletionProtection });
    hooks.store.writeManifest = async (real) => {
      await protect(true);
      return real();
    };
    const operationId = await plane.deleteAfterImage(instanceId, 'guarded-final');
    expect(await plane.ended(operationId)).toMatchObject({
      state: 'FAILED',
      failure: { code: 'CONFLICT', message: expect.stringContaining('turn its protection off') },
    });
    expect(await plane.instance(instanceId)).toMatchObject({
      state: 'RUNNING',
      failure: null,
      deletionProtection: true,
    });
    const client = await plane.connect(instanceId);
    expect((await client.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 100 }]);
    await client.end();
    hooks.clear();
    await expect(plane.retry(operationId)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { rule: 'deletionProtection' },
    });
    await protect(false);
    await plane.retry(operationId);
    expect((await plane.ended(operationId)).state).toBe('SUCCEEDED');
    expect(await plane.instance(instanceId)).toMatchObject({ state: 'DELETED' });
    expect(await plane.imageNamed('guarded-final')).toMatchObject({ state: 'AVAILABLE' });
  });

  it('keeps the image when the removal fails, and a retry takes no other', async () => {
    const instanceId = await createSource('lingers');
    hooks.platform.removeVolume = failWith('the volume is held');
    const operationId = await plane.deleteAfterImage(instanceId, 'lingers-final');
    expect((await plane.ended(operationId)).state).toBe('FAILED');
    expect(await plane.instance(instanceId)).toMatchObject({
      state: 'DELETING',
      failure: { message: 'the volume is held' },
    });
    const image = await plane.imageNamed('lingers-final');
    expect(image).toMatchObject({ state: 'AVAILABLE' });
    hooks.clear();
    await plane.retry(operationId);
    expect((await plane.ended(operationId)).state).toBe('SUCCEEDED');
    expect(await plane.instance(instanceId)).toMatchObject({ state: 'DELETED' });
    expect(await plane.image(image?.id ?? '')).toMatchObject({ state: 'AVAILABLE', takenAt: image?.takenAt });
    const taking = (await plane.steps(operationId)).find(({ name }) => name === 'Start the backup job');
    expect(taking?.state).toBe('SKIPPED');
  });
});
