import 'reflect-metadata';
import { Arg, Authorized, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import { LogLine } from '../../schema/log-line.ts';
import { checkLogRequest } from '../../schema/rules/paging-rules.ts';
import type { Role } from '../../schema/states.ts';
import { follow, type Subscriber } from '../follow.ts';
import { requireId } from '../ids.ts';
import type { LogLineRecord } from '../ports/records.ts';

interface JobLogsArgs {
  readonly jobId: string;
  readonly tailLines?: number | null;
  readonly afterLine?: number | null;
  readonly follow?: boolean | null;
}

function followLogs({ args, context }: Subscriber<JobLogsArgs>): AsyncIterable<LogLineRecord> {
  const { jobId, tailLines = null, afterLine = null, follow: goOn } = args;
  checkLogRequest({ tailLines, afterLine });
  const id = requireId('job', 'jobId', jobId);
  const request = { tailLines, afterLine, follow: goOn ?? true };
  return follow((signal) => context.services.logs.followJob(id, request, signal));
}

/** What can be followed of jobs. */
@Resolver()
export class JobSubscriptionResolver {
  @Authorized<Role>('VIEWER')
  @Subscription(() => LogLine, {
    description:
      'What a job wrote and writes, over all its attempts, like `kubectl logs`. Ends when the job has ended, or at once ' +
      'without `follow`.',
    subscribe: followLogs,
  })
  jobLogs(
    @Root() line: LogLineRecord,
    @Arg('jobId', () => ID, { description: 'The job; NOT_FOUND for an unknown one.' }) _jobId: string,
    @Arg('tailLines', () => Int, {
      nullable: true,
      description: 'How many of the last lines come first, 0 to 10,000. Left out: all there are.',
    })
    _tailLines?: number | null,
    @Arg('afterLine', () => Int, {
      nullable: true,
      description: 'Only lines after the one with this number: where an earlier subscription was cut.',
    })
    _afterLine?: number | null,
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
