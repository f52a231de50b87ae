import { describe, expect, it } from 'vitest';
import type { CreateInstance, UpdateInstance } from '../../../resolvers/ports/commands.ts';
import { insertImage, insertInstance } from '../../support/sample-rows.ts';
import { admin, idOf, newName, readInstance, refusalOf, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

const HOSTING = { resources: { memoryLimitMib: 4096 }, nodeSelector: { disk: 'fast' }, priorityClass: 'urgent' };
const create = (input: Partial<CreateInstance>) =>
  world.instanceCommands.create(admin, { name: newName('hosted'), ...input });
const update = (instanceId: string, hosting: UpdateInstance['hosting']) =>
  world.instanceCommands.update(admin, { instanceId, hosting });
const read = (id: string) => readInstance(world, id);

describe('how a server is hosted', () => {
  it('is recorded as it was asked for, without what is empty or null', async () => {
    const accepted = await create({ hosting: { ...HOSTING, tolerations: [] }, storageClass: 'fast' });
    expect(accepted.notices).toEqual([]);
    expect(await read(idOf(accepted, 'instanceId'))).toMatchObject({ hosting: HOSTING, storageClass: 'fast' });
    const plain = await create({});
    expect(await read(idOf(plain, 'instanceId'))).toMatchObject({ hosting: {}, storageClass: null });
  });

  it('is refused before there is a record where the platform cannot have it so', async () => {
    const name = newName('hosted');
    await refusalOf(create({ name, storageClass: 'gone' }), 'INVALID_INPUT');
    expect(await world.instances.byName(name)).toBeNull();
    expect(world.enqueued).toEqual([]);
  });

  it('has no effect on this machine, which a new instance is told and a change is refused with', async () => {
    world.platform.kind = 'local';
    const accepted = await create({ hosting: HOSTING, storageClass: 'fast' });
    expect(accepted.notices).toEqual([
      'resources, nodeSelector, priorityClass, storageClass have no effect: the local platform runs servers as programs of this machine.',
    ]);
    const id = idOf(accepted, 'instanceId');
    expect(await read(id)).toMatchObject({ hosting: {}, storageClass: null });
    await world.finishOperations();
    expect(await refusalOf(update(id, HOSTING), 'INVALID_INPUT')).toMatchObject({ details: { field: 'resources' } });
    expect((await update(id, { resources: null })).notices).toEqual([]);
  });

  it('is changed field by field, is told to wait for the next start, and not while an operation is under way', async () => {
    const accepted = await create({ hosting: HOSTING });
    const id = idOf(accepted, 'instanceId');
    await refusalOf(update(id, { priorityClass: null }), 'CONFLICT');
    await world.finishOperations();
    await world.database.pool.query(`UPDATE cms.instances SET state = 'RUNNING', started_hosting = hosting`);
    const changed = await update(id, { priorityClass: null, tolerations: [{ key: 'spot' }] });
    expect(changed).toMatchObject({
      operationId: null,
      notices: ['How it is hosted takes effect at the next start: restart the instance.'],
    });
    const { priorityClass: _, ...kept } = HOSTING;
    expect((await read(id)).hosting).toEqual({ ...kept, tolerations: [{ key: 'spot' }] });
    expect((await update(id, { priorityClass: 'urgent', tolerations: null })).notices).toEqual([]);
    await refusalOf(update(id, { priorityClass: 'gone' }), 'INVALID_INPUT');
    expect((await read(id)).hosting).toEqual(HOSTING);
  });
});

describe('a copy', () => {
  const imageOf = async (values: object) => {
    const sourceInstanceId = await insertInstance(world.database, {
      hosting: HOSTING,
      storageClass: 'fast',
      ...values,
    });
    return insertImage(world.database, { sourceInstanceId });
  };

  it('is hosted as its source, where its input says nothing else, and says so', async () => {
    const accepted = await create({
      sourceImageId: await imageOf({}),
      hosting: { resources: { cpuLimitMillicores: 500 } },
    });
    expect(accepted.notices).toEqual([
      'Taken over from the source of the image: nodeSelector, priorityClass, storageClass.',
    ]);
    expect(await read(idOf(accepted, 'instanceId'))).toMatchObject({
      hosting: { ...HOSTING, resources: { cpuLimitMillicores: 500 } },
      storageClass: 'fast',
    });
  });

  it('is hosted as the installation has it where it cannot be had so any more, or its source was elsewhere', async () => {
    const accepted = await create({ sourceImageId: await imageOf({ storageClass: 'gone' }) });
    expect(accepted.notices).toEqual([
      'storageClass is not taken over from the source of the image: This cluster has no class gone.',
      'Taken over from the source of the image: resources, nodeSelector, priorityClass.',
    ]);
    expect((await read(idOf(accepted, 'instanceId'))).storageClass).toBeNull();
    const elsewhere = await create({ sourceImageId: await imageOf({ platform: 'kubernetes:other/one' }) });
    expect(elsewhere.notices).toEqual([]);
    expect(await read(idOf(elsewhere, 'instanceId'))).toMatchObject({ hosting: {}, storageClass: null });
  });
});
