import { workflows } from '../../jobs/registry.ts';
import type { Services } from '../../resolvers/services.ts';
import { isEverything, type Scope } from '../../schema/rules/scope-rules.ts';
import { createGraphqlServer } from '../api/server.ts';
import type { Config } from '../config/env.ts';
import { createEventStreams } from '../events/event-streams.ts';
import { createLogStreams } from '../events/logs/log-streams.ts';
import type { Logger } from '../log/logger.ts';
import { measureEvents, measureLogs } from '../metrics/measured-streams.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { maskLogs } from '../services/access/mask-logs.ts';
import { createChecks, type FixedFacts } from '../services/checks/checks.ts';
import { createServerCommands } from '../services/checks/server-commands.ts';
import { createCommandGate } from '../services/commands/gate.ts';
import { readImageMethods } from '../services/images/create-image.ts';
import { createImageCommands } from '../services/images/image-commands.ts';
import { createInstanceCommands } from '../services/instances/instance-commands.ts';
import { createOperationCommands } from '../services/operations/operation-commands.ts';
import { createRetentionQueries } from '../services/schedules/retention-preview.ts';
import { createScheduleCommands } from '../services/schedules/schedule-commands.ts';
import { createWebhookCommands, type WebhookPort } from '../services/webhooks/webhook-commands.ts';
import { createAlertQueries } from '../stores/alerts/alerts.ts';
import { createDrillQueries } from '../stores/drills/queries.ts';
import { createImageQueries } from '../stores/images/queries.ts';
import { createInstanceQueries } from '../stores/instances/queries.ts';
import { createOperationQueries } from '../stores/operations/queries.ts';
import { createReadinessQueries } from '../stores/readiness/readiness.ts';
import { createScheduleQueries } from '../stores/schedules/queries.ts';
import { createUpkeepQueries } from '../stores/upkeep/queries.ts';
import { createWebhookQueries } from '../stores/webhooks/webhooks.ts';
import { createOperationQueue } from '../workflow/queue/operation-queue.ts';
import { type Access, openAccess } from './access.ts';
import type { Core } from './core.ts';
import { buildMetricsPage } from './metrics.ts';
import { narrowServices } from './narrow-services.ts';
import { checkQueue, createReadiness } from './readiness.ts';
import type { Stops } from './stops.ts';

/** What only servers of the API need beside the core. */
type ApiCore = Core & { readonly webhooks: WebhookPort };

/** The services of this process by scope: what is written and what is followed is shared, what is read is narrowed. */
function buildServices(
  core: ApiCore,
  facts: FixedFacts,
  access: Access,
  { defaultImageMethod, encryptImages }: Pick<Config, 'defaultImageMethod' | 'encryptImages'>,
  metrics: Metrics,
  log: Logger,
  stops: Stops,
): (scope: Scope) => Services {
  const { boss, database, listener, platform, secrets, services } = core;
  const { instances, store } = services;
  const queue = createOperationQueue({ boss, platformId: platform.id, workflows, services });
  const gate = createCommandGate({ database, secrets, platform, log, watch: access.trail.watch });
  const commands = { gate, queue, platform, secrets, defaultMethod: defaultImageMethod, encryptImages };
  const instanceQueries = createInstanceQueries(database, secrets);
  const operationQueries = createOperationQueries(database);
  const logs = createLogStreams({
    platform,
    store,
    jobs: (id) => operationQueries.job(id),
    instances: async (id) => (await instanceQueries.byIds([id]))[0] ?? null,
    log,
  });
  stops.defer('the followers of logs', () => logs.stop(), { endsWithUs: true });
  const everything: Services = {
    instanceCommands: createInstanceCommands(commands),
    imageCommands: createImageCommands(commands),
    serverCommands: createServerCommands(commands, { database, instances, orders: services.probe }),
    operationCommands: createOperationCommands(commands),
    instanceQueries,
    imageQueries: createImageQueries(database),
    operationQueries,
    drillQueries: createDrillQueries(database),
    upkeepQueries: createUpkeepQueries(database),
    checks: createChecks({
      facts,
      instances,
      probe: core.checks,
      orders: services.probe,
      authority: services.probe,
      database,
      queue: checkQueue(core),
      store,
      platform,
      listener,
      logger: log,
    }),
    scheduleCommands: createScheduleCommands(commands),
    scheduleQueries: createScheduleQueries(database),
    retention: createRetentionQueries(database),
    webhookCommands: createWebhookCommands(gate, secrets, core.webhooks),
    webhookQueries: createWebhookQueries(database),
    alertQueries: createAlertQueries(database),
    readinessQueries: createReadinessQueries(database),
    events: measureEvents(createEventStreams({ database, listener, log }), metrics.streams),
    logs: maskLogs(measureLogs(logs, metrics.streams)),
    ...access.services(gate),
  };
  return (scope) => (isEverything(scope) ? everything : narrowServices(everything, scope, database, secrets));
}

/** The API, and what makes the first administrator. */
export interface OpenedApi extends Pick<Access, 'ensureFirstAdministrator'> {
  readonly url: string;
}

/** Opens the API on the configured address; port 0 is any free one. Throws UNAVAILABLE when the port is in use. */
export async function openApi(
  config: Config,
  core: ApiCore,
  identity: { readonly token: string; readonly release: string },
  metrics: Metrics,
  log: Logger,
  stops: Stops,
): Promise<OpenedApi> {
  const facts = {
    version: identity.release,
    platform: config.platform,
    imageMethods: readImageMethods(),
    namespaces: config.namespaces,
  };
  const access = await openAccess(config, core, identity.token, metrics, log, stops);
  const server = createGraphqlServer({
    services: buildServices(core, facts, access, config, metrics, log, stops),
    auth: access.auth,
    ready: createReadiness(core, config, access.auth, log),
    allowedOrigins: config.allowedOrigins,
    publicUrl: config.publicUrl,
    signIn: access.signIn,
    trustedProxies: config.trustedProxies,
    metrics: buildMetricsPage(metrics, config, access.auth),
    meter: metrics.api,
    version: identity.release,
    log,
  });
  stops.defer('the API', () => server.stop(), { endsWithUs: true });
  metrics.api.begin();
  const { url } = await server.listen(config.port, config.host);
  return { url, ensureFirstAdministrator: access.ensureFirstAdministrator };
}
