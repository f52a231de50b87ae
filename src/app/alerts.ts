import type { Logger } from '../log/logger.ts';
import { createAlertWatch } from '../upkeep/alerts/alert-watch.ts';
import type { Core } from './core.ts';

/** Opens and resolves alerts, until `stops` are called; also in servers of the API, so that dead workers are told of. */
export function startAlerts(
  { database, listener, platform, services }: Core,
  log: Logger,
  stops: AsyncDisposableStack,
): void {
  const checkStore = () => services.store.check();
  const watch = createAlertWatch({ database, listener, platformId: platform.id, checkStore, log });
  stops.defer(() => watch.stop());
  watch.start();
}
