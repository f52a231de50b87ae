import { workflows } from '../jobs/registry.ts';
import { openDatabase } from '../src/db/database.ts';
import { createListener } from '../src/db/listener.ts';
import { createLogger } from '../src/log/logger.ts';
import { createSecretBox } from '../src/secrets/secret-box.ts';
import { parseSecretKey } from '../src/secrets/secret-key.ts';
import { createCommandGate } from '../src/services/commands/gate.ts';
import { createDrillRecords } from '../src/stores/drills/records.ts';
import { createImageRecords } from '../src/stores/images/records.ts';
import { createInstanceRecords } from '../src/stores/instances/records.ts';
import { createJobRecords } from '../src/stores/operations/job-records.ts';
import { startBoss } from '../src/workflow/queue/boss.ts';
import { createOperationQueue } from '../src/workflow/queue/operation-queue.ts';
import { createIdlePlatform, createIdleProbe, createIdleStore } from './idle-services.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

/** All that commands, workers and schedules of the product work with, on a platform that does nothing. */
export async function openScheduleServices(
  url: string,
  platformId: string,
  { schedule }: { readonly schedule: boolean },
) {
  const log = createLogger('warn');
  const database = openDatabase({ url });
  const boss = await startBoss({ url, log, schedule });
  const listener = createListener({ url, log });
  await listener.start();
  const secrets = createSecretBox({ keys: [parseSecretKey(KEY)] });
  const platform = createIdlePlatform(platformId);
  const services = {
    platform,
    store: createIdleStore(),
    probe: createIdleProbe(),
    instances: createInstanceRecords(database, secrets),
    images: createImageRecords(database, secrets),
    drills: createDrillRecords(database, secrets),
    jobs: createJobRecords(database, platformId),
  };
  const gate = createCommandGate({ database, secrets, platform, log });
  const queue = createOperationQueue({ boss, platformId, workflows, services });
  return {
    log,
    database,
    boss,
    listener,
    secrets,
    services,
    commands: { gate, queue, platform, secrets },
    async stop() {
      await listener.stop();
      await boss.stop({ graceful: false });
      await database.stop();
    },
  };
}
