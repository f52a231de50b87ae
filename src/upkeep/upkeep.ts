import { randomUUID } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import type { ServerProbe } from '../../jobs/ports/server-probe.ts';
import type { WorkflowServices } from '../../jobs/workflow/context.ts';
import type { Database } from '../db/database.ts';
import type { WakeSource } from '../db/listener.ts';
import type { Logger } from '../log/logger.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { createReconciler } from './drift/reconciler.ts';
import { createPruner, type Retention } from './growth/pruner.ts';
import { createHealthMonitor, type ServerExits } from './health/health-monitor.ts';
import { createConnectionTeller } from './health/tell-connections.ts';
import { startRounds } from './rounds.ts';

export interface UpkeepOptions {
  readonly database: Database;
  /** Must make schedules. */
  readonly boss: PgBoss;
  readonly listener: WakeSource;
  readonly secrets: SecretBox;
  readonly services: WorkflowServices;
  /** How health checks connect. */
  readonly checks: Pick<ServerProbe, 'connect'>;
  /** Null where servers do not run as processes that can be seen from here. */
  readonly exits: ServerExits | null;
  readonly retention: Retention;
  /** How long something must be seen as left over before it is removed. */
  readonly driftGraceMs: number;
  readonly log: Logger;
}

/** All that looks after one platform beside its operations; every worker has it, and one of them does each thing. */
export interface Upkeep {
  start(): Promise<void>;
  /** Resolves when this process does nothing of it any more; another one takes over. */
  stop(): Promise<void>;
}

export function createUpkeep(options: UpkeepOptions): Upkeep {
  const { database, boss, listener, secrets, services, checks, exits, retention, driftGraceMs, log } = options;
  const { platform, store } = services;
  const reconciler = createReconciler({ database, services, graceMs: driftGraceMs, log });
  const pruner = createPruner({ database, store, retention, log });
  const monitor = createHealthMonitor({
    database,
    platform,
    instances: services.instances,
    exits,
    tellConnections: createConnectionTeller({
      database,
      platform,
      secrets,
      readTrusted: services.probe.readTrusted,
      log,
    }),
    listener,
    secrets,
    probe: checks,
    processId: randomUUID(),
    log,
  });
  let stopRounds: (() => Promise<void>) | null = null;

  return {
    async start() {
      await monitor.start();
      stopRounds = await startRounds({
        boss,
        platformId: platform.id,
        log,
        rounds: {
          reconcile: { cron: '*/5 * * * *', atStart: true, run: (signal) => reconciler.run(signal) },
          'prune-tables': { cron: '17 * * * *', atStart: true, run: (signal) => pruner.pruneTables(signal) },
          // Its name is that of a stored schedule, from the time when logs were all that it removed.
          'prune-logs': { cron: '41 3 * * *', atStart: false, run: () => pruner.pruneBlobs() },
        },
      });
    },
    async stop() {
      await Promise.all([stopRounds?.(), monitor.stop()]);
    },
  };
}
