import type { ImageMethod, ImageType } from '../../schema/states.ts';
import { fill, type Subject } from './facts.ts';
import { type Begin, runUndisturbed } from './waves.ts';
import type { World } from './world.ts';

/** Makes what workflows need to begin with; those of servers with pg_durable need a world whose programs have it. */
export interface Supply {
  /** So many beginnings of operations of the workflow, each on something of its own in a state in which it is taken. */
  beginsOf(workflow: string, number: number): Promise<readonly Begin[]>;
}

export function openSupply(world: World): Supply {
  let count = 0;
  const images = new Map<string, string>();
  const name = () => `supply-${++count}`;
  const creation =
    (imageType: ImageType): Begin =>
    () =>
      world.createInstance(name(), null, { imageType });
  const times = <T>(number: number, what: T): T[] => Array.from({ length: number }, () => what);

  async function made(begins: readonly Begin[]): Promise<readonly Subject[]> {
    const runs = await runUndisturbed(
      world,
      begins.map((begin) => ({ begin, plan: 'succeed' })),
    );
    return runs.map(({ subject }) => subject);
  }
  async function running(number: number, imageType: ImageType = 'STOCK'): Promise<string[]> {
    const ids = (await made(times(number, creation(imageType)))).map(({ instanceId }) => instanceId ?? '');
    for (const id of ids) await fill(world, id);
    return ids;
  }
  async function imagesOf(
    number: number,
    imageType: ImageType = 'STOCK',
    method: ImageMethod = 'LOGICAL',
  ): Promise<string[]> {
    const [source = ''] = await running(1, imageType);
    const taken = await made(times(number, () => world.createImage(name(), source, method)));
    return taken.map(({ imageId }) => imageId ?? '');
  }
  async function restores(
    number: number,
    imageType: ImageType,
    method: ImageMethod = 'LOGICAL',
  ): Promise<readonly Begin[]> {
    const kind = `${imageType} ${method}`;
    const image = images.get(kind) ?? (await imagesOf(1, imageType, method))[0] ?? '';
    images.set(kind, image);
    return times(number, () => world.createInstance(name(), image));
  }

  return {
    async beginsOf(workflow, number) {
      switch (workflow) {
        case 'create-instance':
          return times(number, creation('STOCK'));
        case 'create-durable-instance':
          return times(number, creation('PG_DURABLE'));
        case 'restore-instance':
          return restores(number, 'STOCK');
        case 'restore-durable-instance':
          return restores(number, 'PG_DURABLE');
        case 'restore-physical-instance':
          return restores(number, 'STOCK', 'PHYSICAL');
        case 'restore-durable-physical-instance':
          return restores(number, 'PG_DURABLE', 'PHYSICAL');
        case 'create-physical-image': {
          const [source = ''] = await running(1);
          return times(number, () => world.createImage(name(), source, 'PHYSICAL'));
        }
        case 'create-image': {
          const [source = ''] = await running(1);
          return times(number, () => world.createImage(name(), source));
        }
        case 'delete-image':
          return (await imagesOf(number)).map((id) => () => world.deleteImage(id));
        case 'start-instance': {
          const ids = await running(number);
          await made(ids.map((id) => () => world.act('stop', id)));
          return ids.map((id) => () => world.act('start', id));
        }
        case 'run-preflight':
          return times(number, world.runPreflight);
        case 'rotate-credentials':
          return (await running(number)).map((id) => () => world.act('rotateCredentials', id));
        case 'rotate-owner-credentials':
          return (await running(number)).map((id) => () => world.act('rotateOwnerCredentials', id));
        case 'grow-volume':
          return (await running(number)).map((id) => () => world.act('grow', id));
        case 'delete-instance-after-image':
          return (await running(number)).map((id) => () => world.act('delete after an image', id));
        case 'stop-instance':
        case 'restart-instance':
        case 'delete-instance': {
          const verb = workflow.replace('-instance', '') as 'stop' | 'restart' | 'delete';
          return (await running(number)).map((id) => () => world.act(verb, id));
        }
        default:
          throw new Error(`nobody has said what ${workflow} needs to begin with`);
      }
    },
  };
}
