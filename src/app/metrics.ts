import { createAuthenticator } from '../auth/authenticator.ts';
import type { Config } from '../config/env.ts';
import type { Authenticator } from '../graphql/authenticator.ts';
import type { MetricsPage } from '../graphql/http/metrics.ts';
import { METRICS_MEDIA_TYPE, type Metrics } from '../metrics/metrics.ts';
import { readRecordCounts } from '../stores/record-counts.ts';
import { QUEUE_SCHEMA } from '../workflow/boss.ts';
import { queueNamePattern } from '../workflow/queue-name.ts';
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

/** The page for whoever may use the API, and for who shows the token that opens nothing else. */
export function buildMetricsPage(metrics: Metrics, config: Config, auth: Authenticator): MetricsPage {
  const { metricsToken } = config;
  const scraper = metricsToken === null ? null : createAuthenticator({ token: metricsToken, username: 'metrics' });
  return {
    mediaType: METRICS_MEDIA_TYPE,
    render: () => metrics.render(),
    auth: {
      authenticate: async (authorization) => {
        const isScraper = await scraper?.authenticate(authorization).catch(() => null);
        return isScraper ?? auth.authenticate(authorization);
      },
    },
  };
}
