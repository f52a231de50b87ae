import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { createUpkeepQueries } from '../../../src/stores/upkeep/queries.ts';
import { createReconciler } from '../../../src/upkeep/drift/reconciler.ts';
import { captureLog } from '../../support/capture-log.ts';
import { type ControlPlane, openControlPlane } from '../jobs/control-plane.ts';
import { createHooks } from '../jobs/meddling.ts';

const { hooks, meddling } = createHooks();
let plane: ControlPlane;
const away = () => Promise.reject(new AppError('UNAVAILABLE', 'It does not answer.'));

beforeAll(async () => {
  plane = await openControlPlane(meddling);
});
afterAll(() => plane.stop());

/** What the schedule does when the world is whole again, with the grace time over. */
async function reconcile(): Promise<void> {
  const { database, platform, store, services } = plane;
  const { log } = captureLog();
  const reconciler = createReconciler({ database, services: { ...services, platform, store }, graceMs: 0, log });
  await reconciler.run(new AbortController().signal);
}

const drift = async () =>
  (await createUpkeepQueries(plane.database).drift({ first: 100 })).map(({ kind, state }) => `${kind} ${state}`).sort();

describe('what a compensation could not take back', () => {
  it('is named in the failure of the operation, and finished by the reconciler: the volume of a failed creation', async () => {
    hooks.platform.ensureSecret = () => Promise.reject(new AppError('STEP_FAILED', 'No.'));
    hooks.platform.removeVolume = away;
    const { instanceId, operationId } = await plane.createInstance({ name: 'unlucky' });
    const operation = await plane.ended(operationId);
    expect(operation).toMatchObject({ state: 'FAILED' });
    expect(operation.failure?.message).toContain('Remove the volume');
    const { resourceName } = await plane.instance(instanceId);
    expect(await plane.objects()).toEqual([`volume ${resourceName}-pvc`]);
    hooks.clear();
    await reconcile();
    expect(await plane.objects()).toEqual([]);
    expect(await drift()).toEqual(['VOLUME REMOVED']);
    expect(await plane.instance(instanceId)).toMatchObject({ state: 'FAILED' });
  });

  it('and the files and the job of a failed image, with the log kept', async () => {
    const { instanceId, operationId: creation } = await plane.createInstance({ name: 'source' });
    await plane.ended(creation);
    for (const verb of ['listFiles', 'removeImage', 'writeJobLog'] as const) hooks.store[verb] = away;
    const { imageId, operationId } = await plane.createImage('nightly', instanceId);
    await plane.untilStep(operationId, 'Verify what was uploaded', 'RUNNING');
    await plane.cancel(operationId);
    const operation = await plane.ended(operationId);
    expect(operation.state).not.toBe('SUCCEEDED');
    expect(operation.failure?.message).toContain('Remove what was uploaded');
    expect((await plane.blobs(`${imageId}/`)).length).toBeGreaterThan(0);
    hooks.clear();
    await reconcile();
    expect(await plane.blobs(`${imageId}/`)).toEqual([]);
    expect((await plane.objects()).filter((object) => object.startsWith('job'))).toEqual([]);
    expect(await plane.blobs('_logs/')).toHaveLength(1);
    expect(await drift()).toEqual(['IMAGE REMOVED', 'JOB REMOVED', 'VOLUME REMOVED']);
    // What lives was not touched.
    expect(await plane.instance(instanceId)).toMatchObject({ state: 'RUNNING' });
    const client = await plane.connect(instanceId);
    await client.end();
  });
});
