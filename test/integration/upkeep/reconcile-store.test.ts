import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { sampleManifest } from '../../support/sample-manifest.ts';
import { insertImage } from '../../support/sample-rows.ts';
import { useReconcileWorld } from './reconcile-world.ts';

const world = useReconcileWorld();

/** Files of an image without a manifest. */
async function putBlobs(id: string): Promise<void> {
  await world.container.createIfNotExists();
  for (const name of ['globals.sql', 'db/1.dump']) {
    await world.container.getBlockBlobClient(`${id}/${name}`).upload('content', 7);
  }
}

describe('the blob store', () => {
  it('loses the files of images that their records disown, and of no others', async () => {
    const platform = world.platform.id;
    const { database } = world;
    const failed = await insertImage(database, { platform, state: 'FAILED' });
    const deleted = await insertImage(database, { platform, state: 'DELETED', encryptedPassword: null });
    const kept = [
      await insertImage(database, { platform, state: 'AVAILABLE' }),
      await insertImage(database, { platform, state: 'CREATING' }),
      await insertImage(database, { platform, state: 'DELETING' }),
      await insertImage(database, { platform: 'local:other', state: 'FAILED' }),
    ];
    for (const id of [failed, deleted, ...kept]) await putBlobs(id);
    await world.look();
    expect((await world.store.listImageIds()).toSorted()).toEqual(kept.toSorted());
    expect(Object.keys(await world.drift()).sort()).toEqual(
      [`IMAGE ${deleted} REMOVED`, `IMAGE ${failed} REMOVED`].sort(),
    );
  });

  it('keeps what no record knows, whether it is ours or not, and says which it is', async () => {
    const [ours, strangers] = [randomUUID(), randomUUID()];
    await world.store.writeManifest(ours, sampleManifest(ours, { imageName: 'nightly' }));
    await putBlobs(strangers);
    await world.look();
    expect((await world.store.listImageIds()).toSorted()).toEqual([ours, strangers].toSorted());
    expect(await world.drift()).toEqual({
      [`IMAGE ${ours} REPORTED`]: expect.stringContaining('("nightly") without a record'),
      [`IMAGE ${strangers} REPORTED`]: expect.stringContaining('never touched'),
    });
  });

  it('that has lost the files of an image is told of, until they are back', async () => {
    const id = await insertImage(world.database, { platform: world.platform.id, name: 'lost' });
    await world.look();
    expect(await world.drift()).toEqual({ [`IMAGE ${id} REPORTED`]: expect.stringContaining('"lost" is AVAILABLE') });
    await putBlobs(id);
    await world.look();
    expect(Object.keys(await world.drift())).toEqual([`IMAGE ${id} RESOLVED`]);
  });

  it('that does not answer changes nothing of what is known, nor keeps the platform from being looked at', async () => {
    const known = randomUUID();
    await putBlobs(known);
    await world.look();
    const spec = await world.makeParts(['secret']);
    const away = {
      ...world.store,
      listImageIds: () => Promise.reject(new AppError('UNAVAILABLE', 'It does not answer.')),
    };
    await world.look({ store: away });
    expect(Object.keys(await world.drift()).sort()).toEqual(
      [`IMAGE ${known} REPORTED`, `SECRET ${spec.resourceName}-secret REMOVED`].sort(),
    );
  });
});
