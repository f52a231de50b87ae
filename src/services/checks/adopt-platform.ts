import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Database } from '../../db/database.ts';
import {
  type AdoptableInstance,
  countUnderWay,
  holdPlatforms,
  listPlatforms,
  movePlatform,
  readInstancesOf,
} from '../../stores/upkeep/platforms.ts';

export interface AdoptionDependencies {
  readonly database: Database;
  readonly platform: Pick<Platform, 'id' | 'listObjects' | 'readNamespaces'>;
}

/** What becomes of one instance of the platform that is adopted. */
export interface Adoption {
  readonly instance: AdoptableInstance;
  /** The kinds of its parts that are here, `'volume'` among them where it has data. */
  readonly parts: readonly string[];
  /** Null: it is taken over; else why it stays as it is recorded. */
  readonly staysFor: string | null;
}

async function requireKnown({ database, platform }: AdoptionDependencies, from: string): Promise<void> {
  const all = await listPlatforms(database);
  if (from === platform.id)
    throw new AppError('INVALID_INPUT', `${from} is this very platform: nothing is to be done.`);
  if (all.some((one) => one.platform === from)) return;
  const list = all.map((one) => `${one.platform} (${one.instances} instances, ${one.images} images)`);
  throw new AppError(
    'NOT_FOUND',
    `Nothing is recorded on the platform ${from}. There is something on: ${list.join(', ') || 'none'}.`,
  );
}

/**
 * What taking over the records of another platform would do here: the namespace was made again, or is one of a restored
 * cluster. Changes nothing. Throws NOT_FOUND, naming those there are, for a platform without records.
 */
export async function planAdoption(dependencies: AdoptionDependencies, from: string): Promise<readonly Adoption[]> {
  const { database, platform } = dependencies;
  await requireKnown(dependencies, from);
  const namespaces = await platform.readNamespaces();
  const open = namespaces.filter(({ failure }) => failure === null).map(({ name }) => name);
  const objects = await platform.listObjects(open);
  return (await readInstancesOf(database, from)).map((instance) => {
    const own = objects.filter(
      ({ ownerId, namespace, name }) =>
        ownerId === instance.id && namespace === instance.namespace && name.startsWith(instance.resourceName),
    );
    const parts = [...new Set(own.map(({ kind }) => kind))].filter((kind) => kind !== 'job').sort();
    const staysFor = !open.includes(instance.namespace)
      ? `its namespace ${instance.namespace} is not among the configured ones, or cannot be read`
      : parts.includes('volume')
        ? null
        : 'its volume is not here';
    return { instance, parts, staysFor };
  });
}

/**
 * Does it, in one transaction: what `planAdoption` says stays is left as it is recorded. Twice is once, since nothing is
 * recorded on that platform afterwards. Throws CONFLICT while operations of it are under way, and when instances of it were
 * made or went meanwhile.
 */
export async function adoptPlatform(dependencies: AdoptionDependencies, from: string): Promise<readonly Adoption[]> {
  const { database, platform } = dependencies;
  const plan = await planAdoption(dependencies, from);
  const staying = plan.filter(({ staysFor }) => staysFor !== null).map(({ instance }) => instance.id);
  await database.transaction(async (tx) => {
    await holdPlatforms(tx);
    const underWay = await countUnderWay(tx, from);
    if (underWay > 0) {
      throw new AppError(
        'CONFLICT',
        `${underWay} operations of ${from} are under way: let its workers end them, or cancel them, and try again.`,
      );
    }
    const planned = new Set(plan.map(({ instance }) => instance.id));
    const there = await readInstancesOf(tx, from);
    if (there.length !== planned.size || !there.every(({ id }) => planned.has(id))) {
      throw new AppError('CONFLICT', `Instances of ${from} came or went meanwhile: look again at what would be done.`);
    }
    await movePlatform(tx, { from, to: platform.id, staying });
  });
  return plan;
}
