import type { Caller } from '../../resolvers/ports/commands.ts';
import { AppError } from '../../schema/errors.ts';
import { EVERYTHING, isEverything } from '../../schema/rules/scope-rules.ts';
import type { Authenticator } from '../api/authenticator.ts';
import type { MetricsPage } from '../api/http/metrics.ts';
import { createAuthenticator } from '../auth/authenticator.ts';
import type { Config } from '../config/env.ts';
import { isLoopback } from '../config/networks.ts';
import { METRICS_MEDIA_TYPE, type Metrics } from '../metrics/metrics.ts';
import { readRecordCounts } from '../stores/upkeep/record-counts.ts';
import { QUEUE_SCHEMA } from '../workflow/queue/boss.ts';
import { queueNamePattern } from '../workflow/queue/queue-name.ts';
import type { Core } from './core.ts';

/** Has the records counted at scrapes: those of this server's platform. */
export function observeRecords(metrics: Metrics, config: Config, { database, platform }: Core): void {
  const options = {
    platformId: platform.id,
    queueSchema: QUEUE_SCHEMA,
    queuePattern: queueNamePattern(platform.id),
    perInstance: config.metricsPerInstance,
  };
  metrics.observeRecords(() => readRecordCounts(database, options));
}

const ANONYMOUS: Caller = { kind: 'SYSTEM', id: null, name: 'anonymous', role: 'VIEWER' };

/** The page counts all instances, and can name them. */
function requireEverything(caller: Caller): Caller {
  if (isEverything(caller.scope ?? EVERYTHING)) return caller;
  throw new AppError('FORBIDDEN', 'The metrics are about all instances and you see only those of your scope.');
}

/**
 * The page for whoever may use the API, and for who shows the token that opens nothing else. Where the server listens on
 * loopback and no such token is configured, it needs none; one that is shown nevertheless has to be right.
 */
export function buildMetricsPage(
  metrics: Pick<Metrics, 'render'>,
  { host, metricsToken }: Pick<Config, 'host' | 'metricsToken'>,
  auth: Authenticator,
): MetricsPage {
  const scraper = metricsToken === null ? null : createAuthenticator({ token: metricsToken, username: 'metrics' });
  const isOpen = scraper === null && isLoopback(host);
  return {
    mediaType: METRICS_MEDIA_TYPE,
    render: () => metrics.render(),
    auth: {
      authenticate: async (authorization) => {
        if (isOpen && authorization === undefined) return ANONYMOUS;
        const isScraper = await scraper?.authenticate(authorization).catch(() => null);
        return isScraper ?? requireEverything(await auth.authenticate(authorization));
      },
    },
  };
}
