import type { ContainerType } from 'type-graphql';
import type { AccessCommands, AccessQueries, Audit, Sessions } from './ports/access.ts';
import type { AlertQueries, ReadinessQueries } from './ports/alerts.ts';
import type { ImageCommands, InstanceCommands, OperationCommands, ServerCommands } from './ports/commands.ts';
import type { DrillQueries } from './ports/drills.ts';
import type { Checks, ImageQueries, InstanceQueries, OperationQueries } from './ports/queries.ts';
import type { RetentionQueries } from './ports/retention.ts';
import type { ScheduleCommands, ScheduleQueries } from './ports/schedules.ts';
import type { EventStreams, LogStreams } from './ports/streams.ts';
import type { UpkeepQueries } from './ports/upkeep.ts';
import type { WebhookCommands, WebhookQueries } from './ports/webhooks.ts';

/** All that the resolvers work through. A resolver class takes it, whole, as its one constructor parameter. */
export interface Services {
  readonly instanceCommands: InstanceCommands;
  readonly imageCommands: ImageCommands;
  readonly operationCommands: OperationCommands;
  readonly serverCommands: ServerCommands;
  readonly instanceQueries: InstanceQueries;
  readonly imageQueries: ImageQueries;
  readonly operationQueries: OperationQueries;
  readonly drillQueries: DrillQueries;
  readonly upkeepQueries: UpkeepQueries;
  readonly scheduleCommands: ScheduleCommands;
  readonly scheduleQueries: ScheduleQueries;
  readonly retention: RetentionQueries;
  readonly webhookCommands: WebhookCommands;
  readonly webhookQueries: WebhookQueries;
  readonly alertQueries: AlertQueries;
  readonly readinessQueries: ReadinessQueries;
  readonly checks: Checks;
  readonly events: EventStreams;
  readonly logs: LogStreams;
  readonly sessions: Sessions;
  readonly accessQueries: AccessQueries;
  readonly accessCommands: AccessCommands;
  readonly audit: Audit;
}

type ResolverClass = new (services: Services) => object;

/** Makes each resolver class once, when it is first asked for, and hands it the services of one server. */
export function createResolverContainer(services: Services): ContainerType {
  const resolvers = new Map<ResolverClass, object>();
  return {
    get(resolverClass: ResolverClass) {
      const known = resolvers.get(resolverClass);
      if (known !== undefined) return known;
      const resolver = new resolverClass(services);
      resolvers.set(resolverClass, resolver);
      return resolver;
    },
  };
}
