import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../schema/errors.ts';
import { insertImage, insertInstance, insertOperation } from '../../support/sample-rows.ts';
import { admin, newName, refusalOf, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

/** What is refused of an instance that is neither RUNNING nor STOPPED. */
const OF_INSTANCES = {
  stop: (instanceId: string) => world.instanceCommands.stop(admin, { instanceId }),
  start: (instanceId: string) => world.instanceCommands.start(admin, { instanceId }),
  restart: (instanceId: string) => world.instanceCommands.restart(admin, { instanceId }),
  rotate: (instanceId: string) => world.instanceCommands.rotateCredentials(admin, { instanceId }),
  image: (instanceId: string) => world.imageCommands.create(admin, { instanceId, name: newName('i') }),
  deleteAfterImage: (instanceId: string) =>
    world.instanceCommands.delete(admin, { instanceId, finalImage: newName('last') }),
};

/** What is refused of an image that is not AVAILABLE. */
const OF_IMAGES = {
  verify: (imageId: string) => world.imageCommands.verify(admin, { imageId }),
  restore: (sourceImageId: string) => world.instanceCommands.create(admin, { name: newName('r'), sourceImageId }),
};

function expectNamed({ message, details }: AppError, state: string, operationId: string): void {
  expect(message).toContain(`is ${state}, and must be `);
  expect(message).toContain(`wait until operation ${operationId}`);
  expect(details.operationId).toBe(operationId);
}

describe('a refusal by state', () => {
  it.each(Object.entries(OF_INSTANCES))(
    'to %s names the operation that makes or deletes the instance',
    async (_name, command) => {
      for (const [state, kind] of [
        ['CREATING', 'CREATE_INSTANCE'],
        ['DELETING', 'DELETE_INSTANCE'],
      ] as const) {
        const instanceId = await insertInstance(world.database, { state });
        const operationId = await insertOperation(world.database, { instanceId, kind, state: 'RUNNING' });
        expectNamed(await refusalOf(command(instanceId), 'CONFLICT'), state, operationId);
      }
    },
  );

  it('to grow names the operation that makes the instance', async () => {
    const instanceId = await insertInstance(world.database, { state: 'CREATING' });
    const operationId = await insertOperation(world.database, {
      instanceId,
      kind: 'CREATE_INSTANCE',
      state: 'RUNNING',
    });
    const grown = world.instanceCommands.update(admin, { instanceId, storageGib: 999 });
    expectNamed(await refusalOf(grown, 'CONFLICT'), 'CREATING', operationId);
  });

  it.each(Object.entries(OF_IMAGES))(
    'to %s names the operation that takes or deletes the image',
    async (_name, command) => {
      for (const [state, kind] of [
        ['CREATING', 'CREATE_IMAGE'],
        ['DELETING', 'DELETE_IMAGE'],
      ] as const) {
        const imageId = await insertImage(world.database, { state });
        const operationId = await insertOperation(world.database, { imageId, kind, state: 'QUEUED' });
        expectNamed(await refusalOf(command(imageId), 'CONFLICT'), state, operationId);
      }
    },
  );

  it('names none that is over, and says what to do instead', async () => {
    const instanceId = await insertInstance(world.database, { state: 'STOPPED' });
    await insertOperation(world.database, { instanceId, kind: 'STOP_INSTANCE', state: 'SUCCEEDED' });
    const { message, details } = await refusalOf(OF_INSTANCES.image(instanceId), 'CONFLICT');
    expect(message).toContain('is STOPPED, and must be RUNNING to be imaged: start it');
    expect(details).toEqual({});
    const imageId = await insertImage(world.database, { state: 'FAILED' });
    const refused = await refusalOf(OF_IMAGES.verify(imageId), 'CONFLICT');
    expect(refused.message).toContain('is FAILED, and must be AVAILABLE to be verified: choose another one');
  });
});
