import type { Config } from '../config/env.ts';
import { explainUnusable } from '../db/unusable.ts';
import type { Logger } from '../log/logger.ts';
import { type Adoption, adoptPlatform, planAdoption } from '../services/checks/adopt-platform.ts';
import { type FoundImage, rebuildCatalog } from '../services/images/rebuild-catalog.ts';
import { type Rotation, rotateKeys } from '../services/keys/rotate-keys.ts';
import { type Core, openCore } from './core.ts';
import { layFoundations } from './foundations.ts';
import { Stops } from './stops.ts';

export type { Adoption } from '../services/checks/adopt-platform.ts';
export type { FoundImage } from '../services/images/rebuild-catalog.ts';

/** What was or would be adopted, and by which platform. */
export interface Adopted {
  readonly platform: string;
  readonly plan: readonly Adoption[];
}

/** How a rebuild went. */
export interface Rebuilt {
  readonly added: number;
  readonly known: number;
  readonly unusable: number;
}

/** Works on the records and the store of an installation without serving anything. */
async function withCore<T>(config: Config, log: Logger, work: (core: Core) => Promise<T>): Promise<T> {
  await using stops = new Stops(log);
  const foundations = await layFoundations(config, config.databaseUrl === null ? 'standalone' : 'api', log, stops);
  try {
    return await work(await openCore(config, foundations, log, stops));
  } catch (error) {
    throw explainUnusable(error, foundations.databaseUrl);
  }
}

/**
 * Records the images of the configured store that the records do not have; `tell` hears of each. Nothing else of this
 * installation may run on the same home meanwhile, where the records are embedded. Throws an AppError that says what to do.
 */
export function rebuildRecords(config: Config, log: Logger, tell: (found: FoundImage) => void): Promise<Rebuilt> {
  return withCore(config, log, async ({ database, secrets, platform, services: { store, images } }) => {
    const counts = { added: 0, known: 0, unusable: 0 };
    for await (const found of rebuildCatalog({ database, secrets, store, images, platformId: platform.id })) {
      counts[found.outcome] += 1;
      tell(found);
    }
    return counts;
  });
}

/** What `adoptRecords` would do, and on which platform. Changes nothing. */
export function planAdoptionOf(config: Config, log: Logger, from: string): Promise<Adopted> {
  return withCore(config, log, async ({ database, platform }) => ({
    platform: platform.id,
    plan: await planAdoption({ database, platform }, from),
  }));
}

/** Records on this platform what is recorded on another one, whose servers and volumes are here. */
export function adoptRecords(config: Config, log: Logger, from: string): Promise<Adopted> {
  return withCore(config, log, async ({ database, platform }) => ({
    platform: platform.id,
    plan: await adoptPlatform({ database, platform }, from),
  }));
}

/** Encrypts anew with the newest of the configured keys what older ones protect. The same holds. */
export function rotateToNewestKey(config: Config, log: Logger): Promise<Rotation> {
  return withCore(config, log, ({ database, secrets, services: { store } }) =>
    rotateKeys({ database, secrets, store }),
  );
}
