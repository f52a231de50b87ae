import { workflows } from '../../jobs/registry.ts';
import { fill, type Subject } from './facts.ts';
import { type Begin, runUndisturbed } from './waves.ts';
import type { World } from './world.ts';

/** The workflows that can run wherever PostgreSQL is: pg_durable is not on every machine. */
export const suppliedWorkflows = workflows.filter(({ name }) => !name.includes('durable'));

/** Makes what workflows need to begin with. */
export interface Supply {
  /** So many beginnings of operations of the workflow, each on something of its own in a state in which it is taken. */
  beginsOf(workflow: string, number: number): Promise<readonly Begin[]>;
}

export function openSupply(world: World): Supply {
  let count = 0;
  let image: string | null = null;
  const name = () => `supply-${++count}`;
  const create: Begin = () => world.createInstance(name());
  const times = <T>(number: number, what: T): T[] => Array.from({ length: number }, () => what);

  async function made(begins: readonly Begin[]): Promise<readonly Subject[]> {
    const runs = await runUndisturbed(
      world,
      begins.map((begin) => ({ begin, plan: 'succeed' })),
    );
    return runs.map(({ subject }) => subject);
  }
  async function running(number: number): Promise<string[]> {
    const ids = (await made(times(number, create))).map(({ instanceId }) => instanceId ?? '');
    for (const id of ids) await fill(world, id);
    return ids;
  }
  async function images(number: number): Promise<string[]> {
    const [source = ''] = await running(1);
    const taken = await made(times(number, () => world.createImage(name(), source)));
    return taken.map(({ imageId }) => imageId ?? '');
  }

  return {
    async beginsOf(workflow, number) {
      switch (workflow) {
        case 'create-instance':
          return times(number, create);
        case 'restore-instance': {
          image ??= (await images(1))[0] ?? '';
          const from = image;
          return times(number, () => world.createInstance(name(), from));
        }
        case 'create-image': {
          const [source = ''] = await running(1);
          return times(number, () => world.createImage(name(), source));
        }
        case 'delete-image':
          return (await images(number)).map((id) => () => world.deleteImage(id));
        case 'start-instance': {
          const ids = await running(number);
          await made(ids.map((id) => () => world.act('stop', id)));
          return ids.map((id) => () => world.act('start', id));
        }
        case 'run-preflight':
          return times(number, world.runPreflight);
        case 'grow-volume':
          return (await running(number)).map((id) => () => world.act('grow', id));
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
