import { workflows } from '../../jobs/registry.ts';
import type { Config } from '../config/env.ts';
import type { Logger } from '../log/logger.ts';
import { createScheduler } from '../schedules/scheduler.ts';
import { createAuditTrail } from '../services/access/audit-trail.ts';
import { createCommandGate } from '../services/commands/gate.ts';
import { createScheduledWork } from '../services/schedules/scheduled-work.ts';
import { createOperationQueue } from '../workflow/queue/operation-queue.ts';
import type { Core } from './core.ts';
import type { Stops } from './stops.ts';

/** Carries out the schedules of this server's platform, until `stops` are called. */
export async function startSchedules(
  { encryptImages }: Pick<Config, 'encryptImages'>,
  core: Core,
  log: Logger,
  stops: Stops,
): Promise<void> {
  const { boss, database, listener, platform, secrets, services } = core;
  const gate = createCommandGate({ database, secrets, platform, log, watch: createAuditTrail(database, log).watch });
  const queue = createOperationQueue({ boss, platformId: platform.id, workflows, services });
  const scheduler = createScheduler({
    database,
    boss,
    listener,
    platformId: platform.id,
    work: createScheduledWork({ gate, queue, platform, secrets, encryptImages }),
    checkStore: () => services.store.check(),
    log,
  });
  stops.defer('the schedules', () => scheduler.stop(), { withinMs: 30_000, endsWithUs: true });
  await scheduler.start();
}
