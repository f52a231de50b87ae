// The API as it is composed, in a process of its own: api-program.ts <url> <platform id> [home]. Its platform does nothing, or is the local one of that home.
import { openApi } from '../src/app/api.ts';
import type { RunningPlatform } from '../src/app/platform.ts';
import { Stops } from '../src/app/stops.ts';
import { startWebhooks } from '../src/app/webhooks.ts';
import { readConfig } from '../src/config/env.ts';
import { createMetrics } from '../src/metrics/metrics.ts';
import { findPostgresPrograms } from '../src/postgres-programs/find.ts';
import { readServerIdentity } from '../src/postgres-programs/identity.ts';
import { type ApiOrder, type ApiReport, TOKEN } from './api-protocol.ts';
import { createIdlePlatform } from './idle-services.ts';
import { openHome } from './logs/writing-job.ts';
import { openScheduleServices } from './schedule-services.ts';

const [url = '', platformId = '', home = ''] = process.argv.slice(2);
const say = (report: ApiReport) => void process.send?.(report);

async function openLocal(): Promise<RunningPlatform> {
  const [programs] = await findPostgresPrograms(null);
  if (programs === undefined) throw new Error('the programs of PostgreSQL are gone');
  return openHome(home, { programs, identity: await readServerIdentity() });
}

function createIdle(): RunningPlatform {
  return Object.assign(Object.create(createIdlePlatform(platformId)), {
    id: platformId,
    kind: 'local',
    namespaces: ['bench'],
    readFreeBytes: async () => null,
  });
}

// What does nothing has a `then` that does nothing: it must not be waited for.
const platform = home === '' ? createIdle() : await openLocal();
const parts = await openScheduleServices(url, platformId, { schedule: false });
const { log, database, boss, listener, secrets } = parts;
const config = readConfig({ PORT: '0', TOYGRES_ADMIN_PASSWORD: 'only for the bench' });
const stops = new Stops(log);
const webhooks = startWebhooks(config, { database, listener, secrets }, log, stops);
const services = { ...parts.services, platform };
const core = { database, boss, listener, secrets, platform, services, webhooks, checks: services.probe };
const metrics = createMetrics({ release: '0', mode: 'api' });
const { url: api, ensureFirstAdministrator } = await openApi(
  config,
  core,
  { token: TOKEN, release: 'bench' },
  metrics,
  log,
  stops,
);
await ensureFirstAdministrator();

process.on('message', (order: ApiOrder) => {
  if (order.collect) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  say({ rss, heapUsed, external, cpuSeconds: (user + system) / 1e6 });
});
process.once('SIGTERM', async () => {
  await stops.disposeAsync();
  await metrics.stop();
  await parts.stop();
  process.exit();
});
say({ url: api });
