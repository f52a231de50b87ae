import { notFound } from '../../resolvers/ids.ts';
import type { Services } from '../../resolvers/services.ts';
import type { Scope } from '../../schema/rules/scope-rules.ts';
import type { Database } from '../db/database.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { narrowEvents, narrowLogs, rememberVisibility } from '../services/access/narrow-streams.ts';
import { createRetentionQueries } from '../services/schedules/retention-preview.ts';
import { createAlertQueries } from '../stores/alerts/alerts.ts';
import { createDrillQueries } from '../stores/drills/queries.ts';
import { createImageQueries } from '../stores/images/queries.ts';
import { createInstanceQueries } from '../stores/instances/queries.ts';
import { createOperationQueries } from '../stores/operations/queries.ts';
import { createReadinessQueries } from '../stores/readiness/readiness.ts';
import { createScheduleQueries } from '../stores/schedules/queries.ts';
import { createUpkeepQueries } from '../stores/upkeep/queries.ts';

/**
 * The services as callers of a scope have them: what is outside of it is not there, whichever way it is asked for.
 * Commands are not narrowed here: they learn the scope from their caller, inside of their transaction.
 */
export function narrowServices(everything: Services, scope: Scope, database: Database, secrets: SecretBox): Services {
  const instanceQueries = createInstanceQueries(database, secrets, scope);
  const imageQueries = createImageQueries(database, scope);
  const operationQueries = createOperationQueries(database, scope);
  const scheduleQueries = createScheduleQueries(database, scope);
  const alertQueries = createAlertQueries(database, scope);
  const visibility = rememberVisibility({
    instance: async (id) => (await instanceQueries.byIds([id]))[0] != null,
    image: async (id) => (await imageQueries.byIds([id]))[0] != null,
    operation: async (id) => (await operationQueries.byIds([id]))[0] != null,
    job: async (id) => (await operationQueries.job(id)) !== null,
    schedule: async (id) => (await scheduleQueries.byIds([id]))[0] != null,
    alert: async (id) => (await alertQueries.byIds([id]))[0] != null,
  });
  return {
    instanceCommands: everything.instanceCommands,
    imageCommands: everything.imageCommands,
    operationCommands: everything.operationCommands,
    serverCommands: everything.serverCommands,
    instanceQueries,
    imageQueries,
    operationQueries,
    drillQueries: createDrillQueries(database, scope),
    upkeepQueries: createUpkeepQueries(database, scope),
    scheduleCommands: everything.scheduleCommands,
    scheduleQueries,
    retention: createRetentionQueries(database, scope),
    webhookCommands: everything.webhookCommands,
    webhookQueries: everything.webhookQueries,
    alertQueries,
    readinessQueries: createReadinessQueries(database),
    checks: {
      ...everything.checks,
      diagnostics: () => everything.checks.diagnostics(scope),
      async connection(instanceId) {
        if (!(await visibility.instance(instanceId))) throw notFound('instance', 'instanceId');
        return everything.checks.connection(instanceId);
      },
    },
    events: narrowEvents(everything.events, visibility),
    logs: narrowLogs(everything.logs, visibility),
    // These are told who asks.
    sessions: everything.sessions,
    accessQueries: everything.accessQueries,
    accessCommands: everything.accessCommands,
    audit: everything.audit,
  };
}
