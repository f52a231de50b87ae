import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ownerContext } from '../../../src/secrets/owner-context.ts';
import { insertImage, insertInstance, secrets } from '../../support/sample-rows.ts';
import { admin, idOf, newName, readInstance, refusalOf, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

const read = (id: string) => readInstance(world, id);

describe('a restore', () => {
  const fromImage = { imageType: 'STOCK', postgresVersion: '15', sourceStorageGib: 20 } as const;

  it('takes type, version, size and password from the image', async () => {
    const imageId = await insertImage(world.database, fromImage);
    const accepted = await world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId: imageId });
    const id = idOf(accepted, 'instanceId');
    expect(await read(id)).toMatchObject({ postgresVersion: '15', storageGib: 20, sourceImageId: imageId });
    expect((await world.instances.credentials(id)).password).toBe('password of source');
    expect(accepted).toMatchObject({ imageId: null, notices: [] });
    expect(world.enqueued).toMatchObject([
      {
        workflow: 'restore-instance',
        kind: 'CREATE_INSTANCE',
        input: { instanceId: id },
        imageId,
        excludesOnImage: false,
        excludesOnInstance: true,
      },
    ]);
  });

  it('takes the login that is no superuser from the image, and has none where the image has none', async () => {
    const imageId = randomUUID();
    const encryptedOwnerPassword = secrets.encrypt('of the owner', ownerContext(imageId));
    const databases = ['app', 'shop'].map((name) => ({ name, owner: 'app', sizeBytes: 1 }));
    await insertImage(world.database, { ...fromImage, id: imageId, databases, encryptedOwnerPassword });
    const older = await insertImage(world.database, fromImage);
    const restore = async (sourceImageId: string, chosen: { databases?: string[] } = {}) =>
      idOf(
        await world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId, ...chosen }),
        'instanceId',
      );
    expect(await world.instances.ownerCredentials(await restore(imageId))).toMatchObject({ password: 'of the owner' });
    expect(await world.instances.ownerCredentials(await restore(older))).toBeNull();
    const withIt = await restore(imageId, { databases: ['app'] });
    expect(await world.instances.ownerCredentials(withIt)).toMatchObject({ password: 'of the owner' });
    // Its database does not come back.
    expect(await world.instances.ownerCredentials(await restore(imageId, { databases: ['shop'] }))).toBeNull();
  });

  it('says that it ignored a password and raised the size', async () => {
    const sourceImageId = await insertImage(world.database, fromImage);
    const accepted = await world.instanceCommands.create(admin, {
      name: newName('orders'),
      sourceImageId,
      password: 'another password',
      storageGib: 5,
    });
    const id = idOf(accepted, 'instanceId');
    expect(accepted.notices).toEqual([
      expect.stringContaining('password was ignored'),
      expect.stringContaining('from 5 to 20'),
    ]);
    expect((await read(id)).storageGib).toBe(20);
    expect((await world.instances.credentials(id)).password).toBe('password of source');
  });

  it('may be larger than its source, and may name the type and version of the image', async () => {
    const sourceImageId = await insertImage(world.database, fromImage);
    const accepted = await world.instanceCommands.create(admin, {
      name: newName('orders'),
      sourceImageId,
      storageGib: 21,
      imageType: 'STOCK',
      postgresVersion: '15',
    });
    expect((await read(idOf(accepted, 'instanceId'))).storageGib).toBe(21);
    expect(accepted.notices).toEqual([]);
  });

  describe('of an image with durable functions that had not ended', () => {
    const functions = [
      { id: '0a1b2c3d', label: 'nightly\u0007 "x"', status: 'running' },
      { id: '4e5f6a7b', label: null, status: 'pending' },
    ];
    const state = { database: 'postgres', version: '0.2.5', unfinished: 30, functions };
    const restoreOf = async (values: { sourceInstanceId?: string }, input: object = {}, unfinished = 30) => {
      const durable = { ...state, unfinished, functions: unfinished === 0 ? [] : functions };
      const image = { ...fromImage, imageType: 'PG_DURABLE', postgresVersion: '17', durable, ...values } as const;
      const sourceImageId = await insertImage(world.database, image);
      const accepted = await world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId, ...input });
      return { notice: accepted.notices.join(' '), instance: await read(idOf(accepted, 'instanceId')) };
    };

    it('cancels them while their source exists, and says which, how many and why', async () => {
      const sourceInstanceId = await insertInstance(world.database, { state: 'STOPPED' });
      const { notice, instance } = await restoreOf({ sourceInstanceId });
      expect(instance).toMatchObject({ durableFunctions: 'CANCEL', allowExtensionUpgrade: false });
      expect(notice).toBe(
        'durableFunctions: CANCEL, since its source "source" still exists and goes on with them. It concerns 30 durable ' +
          'functions: "nightly  "x"" (0a1b2c3d), 4e5f6a7b and 28 more. They are cancelled before the server starts; to ' +
          'have them go on here, ask for durableFunctions: RESUME.',
      );
      expect(world.enqueued.at(-1)).toMatchObject({ workflow: 'restore-durable-instance' });
    });

    it.each(['DELETED', 'FAILED', 'never recorded'] as const)('resumes them when their source is %s', async (gone) => {
      const recorded = gone !== 'never recorded';
      const sourceInstanceId = recorded ? await insertInstance(world.database, { state: gone }) : randomUUID();
      const { notice, instance } = await restoreOf({ sourceInstanceId });
      expect(instance.durableFunctions).toBe('RESUME');
      expect(notice).toContain('RESUME, since its source "source" is gone. It concerns 30 durable functions');
    });

    it('does as it is asked, and warns of two that do the same work', async () => {
      const sourceInstanceId = await insertInstance(world.database);
      const { notice, instance } = await restoreOf({ sourceInstanceId }, { durableFunctions: 'RESUME' });
      expect(instance.durableFunctions).toBe('RESUME');
      expect(notice).toContain('Their source does the same work at the same time.');
      const cancelled = await restoreOf({}, { durableFunctions: 'CANCEL', allowExtensionUpgrade: true });
      expect(cancelled.instance).toMatchObject({ durableFunctions: 'CANCEL', allowExtensionUpgrade: true });
      expect((await restoreOf({}, {}, 0)).notice).toMatch(/It concerns no durable function\.$/);
    });
  });

  it('takes databases that the image has, and lists what there is for another', async () => {
    const databases = ['postgres', 'shop'].map((name) => ({ name, owner: 'ada', sizeBytes: 1 }));
    const sourceImageId = await insertImage(world.database, { ...fromImage, databases });
    const create = (wanted: readonly string[]) =>
      world.instanceCommands.create(admin, {
        name: newName('orders'),
        sourceImageId,
        databases: wanted,
        acceptLoss: 'ROWS',
      });
    const refusal = await refusalOf(create(['shop', 'Shop']), 'INVALID_INPUT');
    expect(refusal.details).toEqual({ field: 'databases', rule: 'inImage' });
    expect(refusal.message).toContain('The image has no database Shop: choose of postgres, shop');
    const instance = await read(idOf(await create(['shop']), 'instanceId'));
    expect(instance).toMatchObject({ databases: ['shop'], acceptLoss: 'ROWS', findings: [] });
  });

  it('holds jobs of pg_cron while their source exists, and says so', async () => {
    const extensions = [{ database: 'shop', name: 'pg_cron', version: '1.6' }];
    const restoreOf = async (sourceInstanceId: string, input: object = {}) => {
      const sourceImageId = await insertImage(world.database, { ...fromImage, extensions, sourceInstanceId });
      const accepted = await world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId, ...input });
      return { notice: accepted.notices.join(' '), instance: await read(idOf(accepted, 'instanceId')) };
    };
    const source = await insertInstance(world.database);
    const held = await restoreOf(source);
    expect(held.instance).toMatchObject({ backgroundWork: 'HOLD', acceptLoss: 'OBJECTS', databases: null });
    expect(held.notice).toMatch(
      /backgroundWork: HOLD, since its source "source" still exists.*pg_cron in database shop/,
    );
    expect((await restoreOf(source, { backgroundWork: 'RUN' })).notice).toMatch(
      /RUN\. .*Their source does the same work/,
    );
    expect((await restoreOf(randomUUID())).instance.backgroundWork).toBe('RUN');
  });

  it('holds subscriptions while their source exists, and says so', async () => {
    const about = { code: 'BACKGROUND_WORK_HELD', severity: 'INFO', message: '2 enabled subscriptions', remedy: null };
    const findings = [{ ...about, database: 'shop', object: 'pg_subscription' }];
    const noticeOf = async (extensions: object[], input: object = {}) => {
      const sourceInstanceId = await insertInstance(world.database);
      const image = { ...fromImage, findings, extensions, sourceInstanceId } as object;
      const sourceImageId = await insertImage(world.database, image);
      const accepted = await world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId, ...input });
      return accepted.notices.join(' ');
    };
    const held =
      'backgroundWork: HOLD, since its source "source" still exists and goes on with it. It concerns subscriptions in database shop.' +
      ' Subscriptions are there and disabled; findings of the instance say how to let them run, or ask for backgroundWork: RUN.';
    expect(await noticeOf([])).toBe(held);
    expect(await noticeOf([], { backgroundWork: 'RUN' })).toMatch(
      /Subscriptions take changes here\. Their source does/,
    );
    expect(await noticeOf([{ database: 'app', name: 'pg_cron', version: '1.6' }])).toMatch(
      /concerns pg_cron in database app, subscriptions in database shop\. Its jobs are there and inactive\. Subscriptions are there/,
    );
  });

  it('is refused another type than the image has', async () => {
    const sourceImageId = await insertImage(world.database, fromImage);
    const create = (input: object) =>
      world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId, ...input });
    const type = await refusalOf(create({ imageType: 'PG_DURABLE' }), 'INVALID_INPUT');
    expect(type.details).toEqual({ field: 'imageType', rule: 'sameAsImage' });
  });

  it('takes a newer version than its image where that is logical, and says so', async () => {
    const sourceImageId = await insertImage(world.database, fromImage);
    const accepted = await world.instanceCommands.create(admin, {
      name: newName('orders'),
      sourceImageId,
      postgresVersion: '17',
    });
    expect((await read(idOf(accepted, 'instanceId'))).postgresVersion).toBe('17');
    expect(accepted.notices.join(' ')).toMatch(/is of PostgreSQL 15 and is restored to 17/);
  });

  it('is refused an older version, one that the platform lacks, and another one of a physical image', async () => {
    const refusedOf = async (image: object, postgresVersion: string) => {
      const sourceImageId = await insertImage(world.database, { ...fromImage, ...image });
      const name = newName('orders');
      const refusal = await refusalOf(
        world.instanceCommands.create(admin, { name, sourceImageId, postgresVersion }),
        'INVALID_INPUT',
      );
      // Refused before anything is recorded: the name is free.
      expect(await world.instances.byName(name)).toBeNull();
      expect(world.enqueued).toEqual([]);
      return refusal;
    };
    const older = await refusedOf({ postgresVersion: '17' }, '15');
    expect(older.details).toEqual({ field: 'postgresVersion', rule: 'notOlderThanImage' });
    expect(older.message).toMatch(/give 17 or a newer one/);
    expect((await refusedOf({}, '18')).details).toEqual({ field: 'postgresVersion', rule: 'offered' });
    const physical = await refusedOf({ method: 'PHYSICAL' }, '17');
    expect(physical.details).toEqual({ field: 'postgresVersion', rule: 'sameAsImage' });
  });

  it('needs an image that is AVAILABLE, and names its state', async () => {
    for (const state of ['CREATING', 'FAILED', 'DELETING', 'DELETED'] as const) {
      const sourceImageId = await insertImage(world.database, { ...fromImage, state });
      const refused = world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId });
      expect((await refusalOf(refused, 'CONFLICT')).message).toContain(`is ${state}`);
    }
    for (const sourceImageId of [randomUUID(), 'no-id', '']) {
      await refusalOf(world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId }), 'NOT_FOUND');
    }
  });

  it('is refused when the platform lacks the version of the image', async () => {
    const sourceImageId = await insertImage(world.database, { ...fromImage, postgresVersion: '18' });
    const refused = world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId });
    expect((await refusalOf(refused, 'INVALID_INPUT')).details).toEqual({ field: 'sourceImageId', rule: 'offered' });
  });

  it('and the deletion of its image at once: one of them wins, whichever', async () => {
    for (let round = 0; round < 5; round++) {
      const imageId = await insertImage(world.database, { ...fromImage, postgresVersion: '17' });
      const [restored, deleted] = await Promise.allSettled([
        world.instanceCommands.create(admin, { name: newName('orders'), sourceImageId: imageId }),
        world.imageCommands.delete(admin, { imageId }),
      ]);
      expect([restored.status, deleted.status].sort()).toEqual(['fulfilled', 'rejected']);
      for (const one of [restored, deleted]) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' });
      }
    }
  });

  it('leaves nothing when the key of its password is gone', async () => {
    const name = newName('orders');
    const id = randomUUID();
    const other = secrets.encrypt('x', randomUUID());
    await insertImage(world.database, { ...fromImage, id, encryptedPassword: other, postgresVersion: '17' });
    await refusalOf(world.instanceCommands.create(admin, { name, sourceImageId: id }), 'STEP_FAILED');
    expect(await world.instances.byName(name)).toBeNull();
  });
});
