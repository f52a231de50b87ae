import type { Logger } from '../log/logger.ts';
import { createAlertWatch } from '../upkeep/alerts/alert-watch.ts';
import type { Core } from './core.ts';
import type { Stops } from './stops.ts';

/** Opens and resolves alerts, until `stops` are called; also in servers of the API, so that dead workers are told of. */
export function startAlerts({ database, listener, platform, services }: Core, log: Logger, stops: Stops): void {
  const checkStore = () => services.store.check();
  const watch = createAlertWatch({ database, listener, platformId: platform.id, checkStore, log });
  stops.defer('the watch over alerts', () => watch.stop(), { withinMs: 30_000, endsWithUs: true });
  watch.start();
}
