import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { insertImage, insertInstance, secrets } from '../../support/sample-rows.ts';
import { admin, type CommandWorld, createCommandWorld, idOf, refusalOf, STANDARD_OFFERS } from './command-world.ts';

let world: CommandWorld;
beforeAll(async () => {
  world = await createCommandWorld();
});
afterAll(() => world.stop());
afterEach(() => {
  world.enqueued.length = 0;
  world.offer(STANDARD_OFFERS);
  Object.assign(world.platform, { kind: 'kubernetes' });
});

let count = 0;
const newName = () => `orders-${++count}`;

async function read(id: string) {
  const [record] = await world.instances.byIds([id]);
  if (!record) throw new Error(`no instance ${id}`);
  return record;
}

describe('a new instance', () => {
  it('is recorded CREATING with an operation, by default the newest version and a generated password', async () => {
    const name = newName();
    const accepted = await world.instanceCommands.create(admin, { name });
    const id = idOf(accepted, 'instanceId');
    expect(await read(id)).toMatchObject({
      name,
      state: 'CREATING',
      postgresVersion: '17',
      imageType: 'STOCK',
      storageGib: 10,
      exposure: 'INTERNAL',
      namespace: 'toygres-managed',
      platform: world.platform.id,
      deletionProtection: false,
      labels: {},
      sourceImageId: null,
    });
    expect((await read(id)).resourceName).toMatch(new RegExp(`^${name}-[0-9a-f]{8}$`));
    expect((await world.instances.credentials(id)).password).toMatch(/^[A-Za-z0-9]{24,}$/);
    expect(accepted).toMatchObject({ imageId: null, notices: [] });
    const [operation] = await world.operations.byIds([idOf(accepted, 'operationId')]);
    expect(operation).toMatchObject({ kind: 'CREATE_INSTANCE', state: 'QUEUED', instanceId: id, requestedBy: 'admin' });
    expect(world.enqueued).toMatchObject([{ workflow: 'create-instance', input: { instanceId: id } }]);
  });

  it('takes everything as asked, and keeps the password encrypted', async () => {
    const password = `'"\\$(reboot) пароль`;
    const accepted = await world.instanceCommands.create(admin, {
      name: newName(),
      password,
      postgresVersion: '15',
      imageType: 'STOCK',
      storageGib: 33,
      exposure: 'PUBLIC',
      dnsLabel: 'orders-public',
      namespace: 'further',
      labels: { team: 'shop' },
      deletionProtection: true,
    });
    const id = idOf(accepted, 'instanceId');
    expect(await read(id)).toMatchObject({
      postgresVersion: '15',
      storageGib: 33,
      exposure: 'PUBLIC',
      dnsLabel: 'orders-public',
      namespace: 'further',
      labels: { team: 'shop' },
      deletionProtection: true,
    });
    expect(await world.instances.credentials(id)).toMatchObject({ username: 'postgres', password });
    const { rows } = await world.database.pool.query(
      `SELECT i::text || o::text AS text FROM cms.instances i JOIN cms.operations o ON o.instance_id = i.id WHERE i.id = $1`,
      [id],
    );
    expect(rows[0]?.text).toContain(id);
    expect(rows[0]?.text).not.toContain('reboot');
  });

  it('is refused a version or type that the platform lacks, with a list of what there is', async () => {
    const create = (input: object) => world.instanceCommands.create(admin, { name: newName(), ...input });
    const version = await refusalOf(create({ postgresVersion: '18' }), 'INVALID_INPUT');
    expect(version.message).toContain('17 (STOCK, PG_DURABLE)');
    expect(version.details).toEqual({ field: 'postgresVersion', rule: 'offered' });
    const both = await refusalOf(create({ postgresVersion: '15', imageType: 'PG_DURABLE' }), 'INVALID_INPUT');
    expect(both.message).toContain('PostgreSQL 15 of type PG_DURABLE');
    world.offer([{ version: '15', imageTypes: ['STOCK'] }]);
    const type = await refusalOf(create({ imageType: 'PG_DURABLE' }), 'INVALID_INPUT');
    expect(type.details.field).toBe('imageType');
    world.offer([]);
    await refusalOf(create({}), 'UNAVAILABLE');
    expect(world.enqueued).toEqual([]);
  });

  it('is refused a namespace that is not configured', async () => {
    const refused = world.instanceCommands.create(admin, { name: newName(), namespace: 'kube-system' });
    const { message, details } = await refusalOf(refused, 'INVALID_INPUT');
    expect(details).toEqual({ field: 'namespace', rule: 'configuredNamespace' });
    expect(message).toContain('toygres-managed, further');
  });

  it('says on the local platform what PG_DURABLE and PUBLIC mean there', async () => {
    Object.assign(world.platform, { kind: 'local' });
    const accepted = await world.instanceCommands.create(admin, {
      name: newName(),
      imageType: 'PG_DURABLE',
      exposure: 'PUBLIC',
    });
    expect(accepted.notices.join('\n')).toMatch(/without a password[\s\S]*no public addresses/);
    expect((await world.instanceCommands.create(admin, { name: newName() })).notices).toEqual([]);
  });
});

describe('a name', () => {
  it('is held by one instance until it is DELETED or FAILED, and the holder is unharmed by who asks for it', async () => {
    const name = newName();
    const first = await world.instanceCommands.create(admin, { name });
    const before = await read(idOf(first, 'instanceId'));
    const { details, message } = await refusalOf(world.instanceCommands.create(admin, { name }), 'CONFLICT');
    expect(details).toEqual({ field: 'name', rule: 'unique' });
    expect(message).toContain('choose another');
    expect(await read(before.id)).toEqual(before);
    for (const state of ['FAILED', 'DELETED']) {
      const taken = newName();
      await insertInstance(world.database, { name: taken, state: state as 'FAILED' });
      await world.instanceCommands.create(admin, { name: taken });
    }
  });

  it('goes to one of many who ask at once; the others get CONFLICT and leave nothing', async () => {
    const name = newName();
    const asked = await Promise.allSettled(
      Array.from({ length: 8 }, () => world.instanceCommands.create(admin, { name })),
    );
    expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of asked) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' });
    }
    const { rows } = await world.database.pool.query(
      `SELECT (SELECT count(*)::int FROM cms.instances WHERE name = $1) AS instances,
              (SELECT count(*)::int FROM cms.operations WHERE instance_id IN (SELECT id FROM cms.instances WHERE name = $1)) AS operations,
              (SELECT count(*)::int FROM cms.operations o WHERE NOT EXISTS (SELECT FROM cms.instances i WHERE i.id = o.instance_id)) AS orphans`,
      [name],
    );
    expect(rows[0]).toEqual({ instances: 1, operations: 1, orphans: 0 });
  });

  it('and the DNS label are two things', async () => {
    const dnsLabel = `label-${randomUUID().slice(0, 8)}`;
    const create = () => world.instanceCommands.create(admin, { name: newName(), exposure: 'PUBLIC', dnsLabel });
    await create();
    expect((await refusalOf(create(), 'CONFLICT')).details.field).toBe('dnsLabel');
  });
});

describe('a restore', () => {
  const fromImage = { imageType: 'STOCK', postgresVersion: '15', sourceStorageGib: 20 } as const;

  it('takes type, version, size and password from the image', async () => {
    const imageId = await insertImage(world.database, fromImage);
    const accepted = await world.instanceCommands.create(admin, { name: newName(), sourceImageId: imageId });
    const id = idOf(accepted, 'instanceId');
    expect(await read(id)).toMatchObject({ postgresVersion: '15', storageGib: 20, sourceImageId: imageId });
    expect((await world.instances.credentials(id)).password).toBe('password of source');
    expect(accepted).toMatchObject({ imageId: null, notices: [] });
    expect(world.enqueued).toMatchObject([
      {
        workflow: 'restore-instance',
        kind: 'CREATE_INSTANCE',
        input: { instanceId: id, imageId },
        imageId,
        excludesOnImage: false,
        excludesOnInstance: true,
      },
    ]);
  });

  it('says that it ignored a password and raised the size', async () => {
    const sourceImageId = await insertImage(world.database, fromImage);
    const accepted = await world.instanceCommands.create(admin, {
      name: newName(),
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
      name: newName(),
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
      const accepted = await world.instanceCommands.create(admin, { name: newName(), sourceImageId, ...input });
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

  it('is refused another type or version than the image has', async () => {
    const sourceImageId = await insertImage(world.database, fromImage);
    const create = (input: object) =>
      world.instanceCommands.create(admin, { name: newName(), sourceImageId, ...input });
    const version = await refusalOf(create({ postgresVersion: '17' }), 'INVALID_INPUT');
    expect(version.details).toEqual({ field: 'postgresVersion', rule: 'sameAsImage' });
    const type = await refusalOf(create({ imageType: 'PG_DURABLE' }), 'INVALID_INPUT');
    expect(type.details).toEqual({ field: 'imageType', rule: 'sameAsImage' });
  });

  it('needs an image that is AVAILABLE, and names its state', async () => {
    for (const state of ['CREATING', 'FAILED', 'DELETING', 'DELETED'] as const) {
      const sourceImageId = await insertImage(world.database, { ...fromImage, state });
      const refused = world.instanceCommands.create(admin, { name: newName(), sourceImageId });
      expect((await refusalOf(refused, 'CONFLICT')).message).toContain(`is ${state}`);
    }
    for (const sourceImageId of [randomUUID(), 'no-id', '']) {
      await refusalOf(world.instanceCommands.create(admin, { name: newName(), sourceImageId }), 'NOT_FOUND');
    }
  });

  it('is refused when the platform lacks the version of the image', async () => {
    const sourceImageId = await insertImage(world.database, { ...fromImage, postgresVersion: '18' });
    const refused = world.instanceCommands.create(admin, { name: newName(), sourceImageId });
    expect((await refusalOf(refused, 'INVALID_INPUT')).details).toEqual({ field: 'sourceImageId', rule: 'offered' });
  });

  it('and the deletion of its image at once: one of them wins, whichever', async () => {
    for (let round = 0; round < 5; round++) {
      const imageId = await insertImage(world.database, { ...fromImage, postgresVersion: '17' });
      const [restored, deleted] = await Promise.allSettled([
        world.instanceCommands.create(admin, { name: newName(), sourceImageId: imageId }),
        world.imageCommands.delete(admin, { imageId }),
      ]);
      expect([restored.status, deleted.status].sort()).toEqual(['fulfilled', 'rejected']);
      for (const one of [restored, deleted]) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' });
      }
    }
  });

  it('leaves nothing when the key of its password is gone', async () => {
    const name = newName();
    const id = randomUUID();
    const other = secrets.encrypt('x', randomUUID());
    await insertImage(world.database, { ...fromImage, id, encryptedPassword: other, postgresVersion: '17' });
    await refusalOf(world.instanceCommands.create(admin, { name, sourceImageId: id }), 'STEP_FAILED');
    expect(await world.instances.byName(name)).toBeNull();
  });
});

describe('a platform that does not answer', () => {
  it('refuses with its own words, and nothing is written', async () => {
    world.offer(new AppError('UNAVAILABLE', 'The cluster does not answer.'));
    const name = newName();
    const refused = await refusalOf(world.instanceCommands.create(admin, { name }), 'UNAVAILABLE');
    expect(refused.message).toBe('The cluster does not answer.');
    expect(await world.instances.byName(name)).toBeNull();
  });
});
