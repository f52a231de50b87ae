// The API as it is composed, in a process of its own, on a platform that does nothing but write a log: api-program.ts <url> <platform id>
import { setTimeout as delay } from 'node:timers/promises';
import { openApi } from '../src/app/api.ts';
import type { RunningPlatform } from '../src/app/platform.ts';
import { Stops } from '../src/app/stops.ts';
import { startWebhooks } from '../src/app/webhooks.ts';
import { readConfig } from '../src/config/env.ts';
import { createMetrics } from '../src/metrics/metrics.ts';
import { type ApiOrder, type ApiReport, LINES_A_SECOND, TOKEN, textOfLine } from './api-protocol.ts';
import { createIdlePlatform } from './idle-services.ts';
import { openScheduleServices } from './schedule-services.ts';

const [url = '', platformId = ''] = process.argv.slice(2);
const say = (report: ApiReport) => void process.send?.(report);

let writingSince: number | null = null;
let linesMax = 0;

/** How many lines the one job has written by now. */
function written(): number {
  if (writingSince === null) return 0;
  return Math.min(linesMax, Math.floor(((Date.now() - writingSince) * LINES_A_SECOND) / 1000));
}

const idle = createIdlePlatform(platformId);
const platform: RunningPlatform = Object.assign(Object.create(idle), {
  id: platformId,
  kind: 'local',
  namespaces: ['bench'],
  readFreeBytes: async () => null,
  readJob: async () => ({ state: linesMax > 0 && written() >= linesMax ? 'SUCCEEDED' : 'RUNNING', attempts: 1 }),
  async *followJobLogs(
    _: unknown,
    { afterLine, follow, signal }: { afterLine: number; follow: boolean; signal: AbortSignal },
  ) {
    for (let last = afterLine; !signal.aborted; ) {
      const upTo = written();
      for (; last < upTo; ) {
        last += 1;
        yield { line: last, attempt: 1, at: new Date(), text: textOfLine(last) };
      }
      if (!follow || (linesMax > 0 && last >= linesMax)) return;
      await delay(5);
    }
  },
});

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
  if (order.verb === 'write') {
    writingSince = Date.now();
    linesMax = order.lines;
    say({ writingSince });
    return;
  }
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
