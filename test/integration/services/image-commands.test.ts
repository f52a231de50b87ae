import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { IMAGE_STATES, INSTANCE_STATES } from '../../../schema/states.ts';
import { ownerContext } from '../../../src/secrets/owner-context.ts';
import { chooseImageWorkflows } from '../../../src/services/images/create-image.ts';
import { createDrillQueries } from '../../../src/stores/drills/queries.ts';
import { createImageRecords } from '../../../src/stores/images/records.ts';
import { insertImage, insertInstance, secrets } from '../../support/sample-rows.ts';
import { admin, idOf, newName, refusalOf, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

async function read(id: string) {
  const [record] = await world.images.byIds([id]);
  if (!record) throw new Error(`no image ${id}`);
  return record;
}

describe('a new image', () => {
  it('is recorded CREATING with what its source is, and an operation that leaves the source to others', async () => {
    const instanceId = await insertInstance(world.database, { name: 'shop', storageGib: 33 });
    const name = newName('nightly');
    const accepted = await world.imageCommands.create(admin, {
      name,
      instanceId,
      description: 'before the migration',
      labels: { team: 'shop' },
    });
    const id = idOf(accepted, 'imageId');
    expect(await read(id)).toMatchObject({
      name,
      state: 'CREATING',
      method: 'LOGICAL',
      description: 'before the migration',
      imageType: 'STOCK',
      postgresVersion: '15',
      sourceInstanceId: instanceId,
      sourceInstanceName: 'shop',
      sourceStorageGib: 33,
      labels: { team: 'shop' },
      verifiedAt: null,
    });
    expect(accepted).toMatchObject({ instanceId: null, notices: [] });
    expect(world.enqueued).toMatchObject([
      {
        workflow: 'create-image',
        kind: 'CREATE_IMAGE',
        input: { imageId: id },
        excludesOnInstance: false,
        excludesOnImage: true,
      },
    ]);
  });

  it("keeps its source's password, encrypted for itself", async () => {
    const instanceId = await insertInstance(world.database, { name: 'has-password' });
    const id = idOf(await world.imageCommands.create(admin, { name: newName('nightly'), instanceId }), 'imageId');
    const { superuser, owner } = await createImageRecords(world.database, secrets).readEncryptedSecrets(id);
    expect(secrets.decrypt(superuser.value, id)).toBe('password of has-password');
    expect(superuser.keyId).toBe(secrets.primaryKeyId);
    expect(() => secrets.decrypt(superuser.value, instanceId)).toThrow();
    expect(owner).toBeNull();
  });

  it('keeps that of the login that is no superuser as well', async () => {
    const instanceId = randomUUID();
    const encryptedOwnerPassword = secrets.encrypt('of the owner', ownerContext(instanceId));
    await insertInstance(world.database, { id: instanceId, encryptedOwnerPassword });
    const id = idOf(await world.imageCommands.create(admin, { name: newName('nightly'), instanceId }), 'imageId');
    const { owner } = await createImageRecords(world.database, secrets).readEncryptedSecrets(id);
    expect(owner?.keyId).toBe(secrets.primaryKeyId);
    expect(secrets.decrypt(owner?.value ?? '', ownerContext(id))).toBe('of the owner');
  });

  it('needs a source that is RUNNING, and names its state', async () => {
    for (const state of INSTANCE_STATES.filter((one) => one !== 'RUNNING')) {
      const instanceId = await insertInstance(world.database, { state });
      const refused = world.imageCommands.create(admin, { name: newName('nightly'), instanceId });
      expect((await refusalOf(refused, 'CONFLICT')).message).toContain(`is ${state}`);
    }
    for (const instanceId of [randomUUID(), 'none']) {
      await refusalOf(world.imageCommands.create(admin, { name: newName('nightly'), instanceId }), 'NOT_FOUND');
    }
    const instanceId = await insertInstance(world.database, { platform: 'local:elsewhere' });
    const refused = world.imageCommands.create(admin, { name: newName('nightly'), instanceId });
    expect((await refusalOf(refused, 'CONFLICT')).message).toContain('local:elsewhere');
  });

  it('may be taken beside another one, and not beside a restart', async () => {
    const instanceId = await insertInstance(world.database);
    const create = () => world.imageCommands.create(admin, { name: newName('nightly'), instanceId });
    await Promise.all([create(), create(), create()]);
    await refusalOf(world.instanceCommands.restart(admin, { instanceId }), 'CONFLICT');
    await world.finishOperations();
    await world.instanceCommands.restart(admin, { instanceId });
    await refusalOf(create(), 'CONFLICT');
  });

  it('has its name alone: of two at once one wins, and the first is unharmed by later ones', async () => {
    const instanceId = await insertInstance(world.database);
    const name = newName('nightly');
    const create = () => world.imageCommands.create(admin, { name, instanceId });
    const asked = await Promise.allSettled([create(), create(), create()]);
    const [won, ...others] = asked.filter((one) => one.status === 'fulfilled');
    expect(others).toEqual([]);
    if (won === undefined) throw new Error('nobody won');
    const id = idOf(won.value, 'imageId');
    await world.database.pool.query(`UPDATE cms.images SET state = 'AVAILABLE' WHERE id = $1`, [id]);
    const before = await read(id);
    expect((await refusalOf(create(), 'CONFLICT')).details.field).toBe('name');
    expect(await read(id)).toEqual(before);
  });

  it('is taken by the method that was asked for, and by the configured one where none was', () => {
    const methodOf = (input: Parameters<typeof chooseImageWorkflows>[0], configured = {}) =>
      chooseImageWorkflows(input, configured).method;
    expect(methodOf({})).toBe('LOGICAL');
    expect(chooseImageWorkflows({ method: 'PHYSICAL' }, {}).create.name).toBe('create-physical-image');
    expect(methodOf({}, { defaultMethod: 'PHYSICAL' })).toBe('PHYSICAL');
    expect(methodOf({ method: 'LOGICAL' }, { defaultMethod: 'PHYSICAL' })).toBe('LOGICAL');
  });

  it('is verified by a drill that is recorded with its operation and leaves the image to others', async () => {
    const imageId = await insertImage(world.database);
    const begun = await world.imageCommands.verify(admin, { imageId });
    const drillId = idOf(begun, 'drillId');
    expect(world.enqueued).toMatchObject([
      {
        kind: 'VERIFY_IMAGE',
        workflow: 'verify-image',
        input: { drillId },
        imageId,
        instanceId: null,
        excludesOnImage: false,
      },
    ]);
    const [drill] = await createDrillQueries(world.database).byIds([drillId]);
    expect(drill).toMatchObject({ state: 'RUNNING', imageId, operationId: begun.operationId, recoverySeconds: null });
    // Another one at the same time, and a deletion that is in its way.
    await world.imageCommands.verify(admin, { imageId });
    const refused = await refusalOf(world.imageCommands.delete(admin, { imageId }), 'CONFLICT');
    expect(refused.details.operationId).toBeDefined();
  });

  it('is verified by the workflow of its method and type, with one drill for each idempotency key', async () => {
    const imageId = await insertImage(world.database, { method: 'PHYSICAL', imageType: 'PG_DURABLE' });
    const input = { imageId, idempotencyKey: randomUUID() };
    const [first, second] = [
      await world.imageCommands.verify(admin, input),
      await world.imageCommands.verify(admin, input),
    ];
    expect(second.drillId).toBe(first.drillId);
    expect(world.enqueued.map(({ workflow }) => workflow)).toEqual(['verify-durable-physical-image']);
  });

  it('cannot be verified unless it is AVAILABLE and there', async () => {
    for (const state of ['CREATING', 'FAILED', 'DELETING', 'DELETED'] as const) {
      const imageId = await insertImage(world.database, { state });
      const refused = await refusalOf(world.imageCommands.verify(admin, { imageId }), 'CONFLICT');
      expect(refused.message).toContain(state);
    }
    for (const unknown of [randomUUID(), 'x']) {
      await refusalOf(world.imageCommands.verify(admin, { imageId: unknown }), 'NOT_FOUND');
    }
    expect(world.enqueued).toEqual([]);
  });
});

describe('deleting an image', () => {
  it('is possible from every state but DELETED; FAILED ones stay so and hold no name', async () => {
    for (const state of IMAGE_STATES) {
      const imageId = await insertImage(world.database, { state });
      if (state === 'DELETED') {
        await refusalOf(world.imageCommands.delete(admin, { imageId }), 'CONFLICT');
        continue;
      }
      const accepted = await world.imageCommands.delete(admin, { imageId });
      expect(accepted).toMatchObject({ imageId, instanceId: null });
      expect((await read(imageId)).state).toBe(state === 'FAILED' ? 'FAILED' : 'DELETING');
      await refusalOf(world.imageCommands.delete(admin, { imageId }), 'CONFLICT');
    }
    const [last] = world.enqueued;
    expect(last).toMatchObject({ workflow: 'delete-image', kind: 'DELETE_IMAGE', excludesOnImage: true });
  });

  it('is refused while it is restored, when it is unknown, and from another platform', async () => {
    const imageId = await insertImage(world.database);
    await world.instanceCommands.create(admin, { name: 'restores', sourceImageId: imageId });
    expect((await refusalOf(world.imageCommands.delete(admin, { imageId }), 'CONFLICT')).message).toContain(
      'under way',
    );
    const foreign = await insertImage(world.database, { platform: 'local:elsewhere' });
    const refused = world.imageCommands.delete(admin, { imageId: foreign });
    expect((await refusalOf(refused, 'CONFLICT')).message).toContain('local:elsewhere');
    for (const unknown of [randomUUID(), 'none']) {
      await refusalOf(world.imageCommands.delete(admin, { imageId: unknown }), 'NOT_FOUND');
    }
  });
});

describe('changing an image', () => {
  it('sets what is given, clears what is given as null, and leaves the rest', async () => {
    const imageId = await insertImage(world.database, { description: 'first', labels: { a: '1', b: '2' } });
    const expiresAt = new Date('2999-01-01T00:00:00.000Z');
    const change = {
      imageId,
      protected: true,
      expiresAt: { to: expiresAt },
      addLabels: { c: '3' },
      removeLabels: ['a'],
    };
    expect(await world.imageCommands.update(admin, change)).toMatchObject({ imageId, operationId: null });
    expect(await read(imageId)).toMatchObject({
      description: 'first',
      protected: true,
      expiresAt,
      labels: { b: '2', c: '3' },
    });
    await world.imageCommands.update(admin, { imageId, description: { to: null }, expiresAt: { to: null } });
    expect(await read(imageId)).toMatchObject({ description: null, protected: true, expiresAt: null });
    expect(world.enqueued).toEqual([]);
  });

  it('loses no label of two who add at the same time', async () => {
    const imageId = await insertImage(world.database);
    const keys = Array.from({ length: 8 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key) => world.imageCommands.update(admin, { imageId, addLabels: { [key]: '' } })));
    expect(Object.keys((await read(imageId)).labels).sort()).toEqual(keys);
  });

  it('tells an expiry that is cleared from one that is left alone, also under an idempotency key', async () => {
    const imageId = await insertImage(world.database);
    const idempotencyKey = newName('key');
    await world.imageCommands.update(admin, { imageId, expiresAt: { to: null }, idempotencyKey });
    await refusalOf(world.imageCommands.update(admin, { imageId, idempotencyKey }), 'CONFLICT');
  });

  it('is refused once it is going, and for one that is unknown', async () => {
    for (const state of ['DELETING', 'DELETED'] as const) {
      const imageId = await insertImage(world.database, { state });
      const refused = world.imageCommands.update(admin, { imageId, protected: true });
      expect((await refusalOf(refused, 'CONFLICT')).message).toContain(state);
    }
    await refusalOf(world.imageCommands.update(admin, { imageId: randomUUID(), protected: true }), 'NOT_FOUND');
  });

  it('protects it from being deleted until the protection is taken off', async () => {
    const imageId = await insertImage(world.database, { protected: true });
    expect((await refusalOf(world.imageCommands.delete(admin, { imageId }), 'CONFLICT')).details.rule).toBe(
      'protected',
    );
    await world.imageCommands.update(admin, { imageId, protected: false });
    await world.imageCommands.delete(admin, { imageId });
  });
});
