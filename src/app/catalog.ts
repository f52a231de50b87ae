import type { Config } from '../config/env.ts';
import { explainUnusable } from '../db/unusable.ts';
import type { Logger } from '../log/logger.ts';
import { type FoundImage, rebuildCatalog } from '../services/images/rebuild-catalog.ts';
import { openCore } from './core.ts';
import { layFoundations } from './foundations.ts';

export type { FoundImage } from '../services/images/rebuild-catalog.ts';

/** How a rebuild went. */
export interface Rebuilt {
  readonly added: number;
  readonly known: number;
  readonly unusable: number;
}

/**
 * Records the images of the configured store that the records do not have; `tell` hears of each. Nothing else of this
 * installation may run on the same home meanwhile, where the records are embedded. Throws an AppError that says what to do.
 */
export async function rebuildRecords(config: Config, log: Logger, tell: (found: FoundImage) => void): Promise<Rebuilt> {
  await using stops = new AsyncDisposableStack();
  const foundations = await layFoundations(config, config.databaseUrl === null ? 'standalone' : 'api', log, stops);
  try {
    const { database, secrets, platform, services } = await openCore(config, foundations, log, stops);
    const counts = { added: 0, known: 0, unusable: 0 };
    const { store, images } = services;
    for await (const found of rebuildCatalog({ database, secrets, store, images, platformId: platform.id })) {
      counts[found.outcome] += 1;
      tell(found);
    }
    return counts;
  } catch (error) {
    throw explainUnusable(error, foundations.databaseUrl);
  }
}
