import 'reflect-metadata';
import { Arg, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { InstanceRecord } from '../../jobs/ports/records.ts';
import { Instance } from '../../schema/instance.ts';
import { LogLine } from '../../schema/log-line.ts';
import { checkLogRequest } from '../../schema/rules/paging-rules.ts';
import { DateTime } from '../../schema/scalars.ts';
import { follow, type Subscriber } from '../follow.ts';
import { requireId } from '../ids.ts';
import type { LogLineRecord } from '../ports/records.ts';

interface InstanceLogsArgs {
  readonly instanceId: string;
  readonly tailLines?: number | null;
  readonly since?: Date | null;
  readonly follow?: boolean | null;
}

interface InstanceChangedArgs {
  readonly instanceId?: string | null;
}

function followInstance({ args, context }: Subscriber<InstanceChangedArgs>): AsyncIterable<InstanceRecord> {
  const { instanceId } = args;
  const id = instanceId == null ? null : requireId('instance', 'instanceId', instanceId);
  return follow((signal) => context.services.events.followInstances(id, signal));
}

function readLogRequest({ instanceId, tailLines = null, since = null, follow: goOn }: InstanceLogsArgs) {
  checkLogRequest({ tailLines });
  return { id: requireId('instance', 'instanceId', instanceId), request: { tailLines, since, follow: goOn ?? true } };
}

function followLogs({ args, context }: Subscriber<InstanceLogsArgs>): AsyncIterable<LogLineRecord> {
  const { id, request } = readLogRequest(args);
  return follow((signal) => context.services.logs.followInstance(id, request, signal));
}

function followLogBatches({ args, context }: Subscriber<InstanceLogsArgs>): AsyncIterable<readonly LogLineRecord[]> {
  const { id, request } = readLogRequest(args);
  return follow((signal) => context.services.logs.followInstanceBatches(id, request, signal));
}

const LOG_INSTANCE = 'The instance; NOT_FOUND for an unknown one.';
const TAIL_LINES = 'How many of the last lines come first, 0 to 10,000; null: all there are.';
const SINCE = 'Leaves out what was written before.';
const FOLLOW = 'Whether to go on with new lines.';

/** What can be followed of instances. */
@Resolver()
export class InstanceSubscriptionResolver {
  @Subscription(() => Instance, {
    description: 'With an id the present state, then every change of it; without one every change of any from now on.',
    subscribe: followInstance,
  })
  instanceChanged(
    @Root() instance: InstanceRecord,
    @Arg('instanceId', () => ID, { nullable: true, description: 'The one to follow; NOT_FOUND for an unknown one.' })
    _instanceId?: string | null,
  ): InstanceRecord {
    return instance;
  }

  @Subscription(() => LogLine, {
    description: "The server's own log, over restarts. Ends when the server is removed, or at once without `follow`.",
    subscribe: followLogs,
  })
  instanceLogs(
    @Root() line: LogLineRecord,
    @Arg('instanceId', () => ID, { description: LOG_INSTANCE }) _instanceId: string,
    @Arg('tailLines', () => Int, { nullable: true, defaultValue: 100, description: TAIL_LINES })
    _tailLines?: number | null,
    @Arg('since', () => DateTime, { nullable: true, description: SINCE }) _since?: Date | null,
    @Arg('follow', () => Boolean, { nullable: true, defaultValue: true, description: FOLLOW })
    _follow?: boolean | null,
  ): LogLineRecord {
    return line;
  }

  @Subscription(() => [LogLine], {
    description:
      'The lines of `instanceLogs` in lists of at most 1,000: all that is there at once. For logs that are written fast.',
    subscribe: followLogBatches,
  })
  instanceLogBatches(
    @Root() lines: readonly LogLineRecord[],
    @Arg('instanceId', () => ID, { description: LOG_INSTANCE }) _instanceId: string,
    @Arg('tailLines', () => Int, { nullable: true, defaultValue: 100, description: TAIL_LINES })
    _tailLines?: number | null,
    @Arg('since', () => DateTime, { nullable: true, description: SINCE }) _since?: Date | null,
    @Arg('follow', () => Boolean, { nullable: true, defaultValue: true, description: FOLLOW })
    _follow?: boolean | null,
  ): readonly LogLineRecord[] {
    return lines;
  }
}
