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

function followLogs({ args, context }: Subscriber<InstanceLogsArgs>): AsyncIterable<LogLineRecord> {
  const { instanceId, tailLines = null, since = null, follow: goOn } = args;
  checkLogRequest({ tailLines });
  const id = requireId('instance', 'instanceId', instanceId);
  const request = { tailLines, since, follow: goOn ?? true };
  return follow((signal) => context.services.logs.followInstance(id, request, signal));
}

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
    @Arg('instanceId', () => ID, { description: 'The instance; NOT_FOUND for an unknown one.' }) _instanceId: string,
    @Arg('tailLines', () => Int, {
      nullable: true,
      defaultValue: 100,
      description: 'How many of the last lines come first, 0 to 10,000; null: all there are.',
    })
    _tailLines?: number | null,
    @Arg('since', () => DateTime, { nullable: true, description: 'Leaves out what was written before.' })
    _since?: Date | null,
    @Arg('follow', () => Boolean, {
      nullable: true,
      defaultValue: true,
      description: 'Whether to go on with new lines.',
    })
    _follow?: boolean | null,
  ): LogLineRecord {
    return line;
  }
}
