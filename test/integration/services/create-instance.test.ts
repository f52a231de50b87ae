import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { insertInstance } from '../../support/sample-rows.ts';
import { admin, idOf, newName, readInstance, refusalOf, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

const read = (id: string) => readInstance(world, id);

describe('a new instance', () => {
  it('is recorded CREATING with an operation, by default the newest version and a generated password', async () => {
    const name = newName('orders');
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
    const owner = await world.instances.ownerCredentials(id);
    expect(owner).toMatchObject({
      username: 'app',
      database: 'app',
      password: expect.stringMatching(/^[A-Za-z0-9]{24,}$/),
    });
    expect(owner?.password).not.toBe((await world.instances.credentials(id)).password);
    expect(accepted).toMatchObject({ imageId: null, notices: [] });
    const [operation] = await world.operations.byIds([idOf(accepted, 'operationId')]);
    expect(operation).toMatchObject({ kind: 'CREATE_INSTANCE', state: 'QUEUED', instanceId: id, requestedBy: 'admin' });
    expect(world.enqueued).toMatchObject([{ workflow: 'create-instance', input: { instanceId: id } }]);
  });

  it('takes everything as asked, and keeps the password encrypted', async () => {
    const password = `'"\\$(reboot) пароль`;
    const accepted = await world.instanceCommands.create(admin, {
      name: newName('orders'),
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
    const create = (input: object) => world.instanceCommands.create(admin, { name: newName('orders'), ...input });
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
    const refused = world.instanceCommands.create(admin, { name: newName('orders'), namespace: 'kube-system' });
    const { message, details } = await refusalOf(refused, 'INVALID_INPUT');
    expect(details).toEqual({ field: 'namespace', rule: 'configuredNamespace' });
    expect(message).toContain('toygres-managed, further');
  });

  it('says on the local platform what PG_DURABLE and PUBLIC mean there', async () => {
    Object.assign(world.platform, { kind: 'local' });
    const accepted = await world.instanceCommands.create(admin, {
      name: newName('orders'),
      imageType: 'PG_DURABLE',
      exposure: 'PUBLIC',
    });
    expect(accepted.notices.join('\n')).toMatch(/without a password[\s\S]*no public addresses/);
    expect((await world.instanceCommands.create(admin, { name: newName('orders') })).notices).toEqual([]);
  });

  it('says when the disk of the platform has less room than the volume is to hold, and makes it all the same', async () => {
    world.leaveFree(30 * 2 ** 30);
    const { notices, instanceId } = await world.instanceCommands.create(admin, {
      name: newName('orders'),
      storageGib: 31,
    });
    expect(instanceId).not.toBeNull();
    expect(notices).toEqual([expect.stringMatching(/30 GiB free, less than the 31 GiB/)]);
    const fitting = await world.instanceCommands.create(admin, { name: newName('orders'), storageGib: 30 });
    expect(fitting.notices).toEqual([]);
    world.leaveFree(null);
  });
});

describe('a name', () => {
  it('is held by one instance until it is DELETED or FAILED, and the holder is unharmed by who asks for it', async () => {
    const name = newName('orders');
    const first = await world.instanceCommands.create(admin, { name });
    const before = await read(idOf(first, 'instanceId'));
    const { details, message } = await refusalOf(world.instanceCommands.create(admin, { name }), 'CONFLICT');
    expect(details).toEqual({ field: 'name', rule: 'unique' });
    expect(message).toContain('choose another');
    expect(await read(before.id)).toEqual(before);
    for (const state of ['FAILED', 'DELETED']) {
      const taken = newName('orders');
      await insertInstance(world.database, { name: taken, state: state as 'FAILED' });
      await world.instanceCommands.create(admin, { name: taken });
    }
  });

  it('goes to one of many who ask at once; the others get CONFLICT and leave nothing', async () => {
    const name = newName('orders');
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

  it.each([
    {
      what: 'nothing says what stands behind it',
      exposure: 'PUBLIC',
      gives: false,
      why: 'TOYGRES_DNS_SUFFIX does not say',
    },
    { what: 'only its cluster reaches the server', exposure: 'INTERNAL', gives: true, why: 'only a PUBLIC server' },
    { what: 'it makes a name', exposure: 'PUBLIC', gives: true, why: null },
  ] as const)('tells what becomes of a DNS label where $what', async ({ exposure, gives, why }) => {
    world.platform.givesPublicNames = gives;
    const dnsLabel = `label-${randomUUID().slice(0, 8)}`;
    const { notices } = await world.instanceCommands.create(admin, { name: newName('orders'), exposure, dnsLabel });
    const told = notices.filter((notice) => notice.includes(dnsLabel));
    expect(told).toEqual(
      why === null ? [] : [expect.stringMatching(`"${dnsLabel}" is reserved and has no effect: ${why}`)],
    );
  });

  it('and the DNS label are two things', async () => {
    const dnsLabel = `label-${randomUUID().slice(0, 8)}`;
    const create = () =>
      world.instanceCommands.create(admin, { name: newName('orders'), exposure: 'PUBLIC', dnsLabel });
    await create();
    expect((await refusalOf(create(), 'CONFLICT')).details.field).toBe('dnsLabel');
  });
});

describe('a platform that does not answer', () => {
  it('refuses with its own words, and nothing is written', async () => {
    world.offer(new AppError('UNAVAILABLE', 'The cluster does not answer.'));
    const name = newName('orders');
    const refused = await refusalOf(world.instanceCommands.create(admin, { name }), 'UNAVAILABLE');
    expect(refused.message).toBe('The cluster does not answer.');
    expect(await world.instances.byName(name)).toBeNull();
  });
});
