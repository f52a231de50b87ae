import { RestError } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

let plane: ControlPlane;
let source: string;
beforeAll(async () => {
  plane = await openControlPlane();
  const { instanceId, operationId } = await plane.createInstance({ name: 'source' });
  await plane.ended(operationId);
  source = instanceId;
});
afterAll(() => plane.stop());

async function takeImage(name: string): Promise<string> {
  const { imageId, operationId } = await plane.createImage(name, source);
  expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED' });
  return imageId;
}

describe('an image whose files the store keeps', () => {
  it('is what it was before when it cannot be deleted, with the reason, and is deleted when that is over', async () => {
    const image = await takeImage('held');
    const before = await plane.blobs(`${image}/`);
    const name = before.find((blob) => /\.dat|dat\./.test(blob)) ?? before[0] ?? '';
    const lease = plane.container.getBlobClient(name).getBlobLeaseClient();
    await lease.acquireLease(-1);
    const { imageId, operationId } = { imageId: image, operationId: (await plane.deleteImage(image)).id };
    expect(await plane.operation(operationId)).toMatchObject({
      state: 'FAILED',
      failure: { code: 'CONFLICT', message: expect.stringContaining('by a lease: nothing was removed') },
    });
    expect(await plane.image(imageId)).toMatchObject({
      state: 'AVAILABLE',
      failure: { message: expect.stringContaining(name.slice(image.length + 1)) },
    });
    expect(await plane.blobs(`${image}/`)).toEqual(before);

    // It restores as before.
    const copy = await plane.createInstance({ name: 'copy', sourceImageId: image });
    expect(await plane.ended(copy.operationId)).toMatchObject({ state: 'SUCCEEDED' });

    await plane.retry(operationId);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'FAILED' });
    expect(await plane.image(imageId)).toMatchObject({ state: 'AVAILABLE' });
    await lease.breakLease(0);
    // Whoever protected it meanwhile means every way of deleting it.
    await plane.updateImage({ imageId, protected: true });
    await expect(plane.retry(operationId)).rejects.toMatchObject({ code: 'CONFLICT', details: { rule: 'protected' } });
    expect(await plane.image(imageId)).toMatchObject({ state: 'AVAILABLE' });
    expect(await plane.blobs(`${image}/`)).toEqual(before);
    await plane.updateImage({ imageId, protected: false });
    await plane.retry(operationId);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await plane.image(imageId)).toMatchObject({ state: 'DELETED', failure: null });
    expect(await plane.blobs(`${image}/`)).toEqual([]);
  });

  it('cannot be restored from the archive tier, and says how it comes back from there before anything is made', async () => {
    const image = await takeImage('archived');
    const [name = ''] = (await plane.blobs(`${image}/`)).filter((blob) => !blob.endsWith('manifest.json'));
    await plane.container.getBlobClient(name).setAccessTier('Archive');
    const { instanceId, operationId } = await plane.createInstance({ name: 'cold', sourceImageId: image });
    expect(await plane.ended(operationId)).toMatchObject({
      state: 'FAILED',
      failure: {
        message: expect.stringMatching(/in the archive tier .*set-tier --tier Hot\), which takes up to 15 hours/),
      },
    });
    const { resourceName } = await plane.instance(instanceId);
    expect((await plane.objects()).filter((object) => object.includes(resourceName))).toEqual([]);
  });
});

describe('a refusal of the store', () => {
  it.each([
    ['BlobImmutableDueToPolicy', 409, /a retention policy or a legal hold/],
    ['LeaseIdMissing', 412, /az storage blob lease break/],
    ['BlobArchived', 409, /up to 15 hours/],
    ['AccountIsDisabled', 403, /switched off/],
    ['AuthorizationProtocolMismatch', 403, /HTTPS only/],
  ])('is told in words: %s', async (code, statusCode, words) => {
    const { translateBlobError } = await import('../../../src/storage/blob-errors.ts');
    const told = translateBlobError(new RestError('no', { code, statusCode }), {
      host: 'store.example',
      container: 'images',
      login: 'key',
      proxy: null,
    });
    expect(told).toMatchObject({ code: 'STEP_FAILED', message: expect.stringMatching(words) });
  });
});
