import 'reflect-metadata';
import { Arg, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import { LogLine } from '../../schema/log-line.ts';
import { checkLogRequest } from '../../schema/rules/paging-rules.ts';
import { follow, type Subscriber } from '../follow.ts';
import { requireId } from '../ids.ts';
import type { LogLineRecord } from '../ports/records.ts';

interface JobLogsArgs {
  readonly jobId: string;
  readonly tailLines?: number | null;
  readonly afterLine?: number | null;
  readonly follow?: boolean | null;
}

function readRequest({ jobId, tailLines = null, afterLine = null, follow: goOn }: JobLogsArgs) {
  checkLogRequest({ tailLines, afterLine });
  return { id: requireId('job', 'jobId', jobId), request: { tailLines, afterLine, follow: goOn ?? true } };
}

function followLines({ args, context }: Subscriber<JobLogsArgs>): AsyncIterable<LogLineRecord> {
  const { id, request } = readRequest(args);
  return follow((signal) => context.services.logs.followJob(id, request, signal));
}

function followBatches({ args, context }: Subscriber<JobLogsArgs>): AsyncIterable<readonly LogLineRecord[]> {
  const { id, request } = readRequest(args);
  return follow((signal) => context.services.logs.followJobBatches(id, request, signal));
}

const JOB = 'The job; NOT_FOUND for an unknown one.';
const TAIL_LINES = 'How many of the last lines come first, 0 to 10,000. Left out: all there are.';
const AFTER_LINE = 'Only lines after the one with this number: where an earlier subscription was cut.';
const FOLLOW = 'Whether to go on with new lines.';

/** What can be followed of jobs. */
@Resolver()
export class JobSubscriptionResolver {
  @Subscription(() => LogLine, {
    description:
      'What a job wrote and writes, over all its attempts, like `kubectl logs`. Ends when the job has ended, or at once ' +
      'without `follow`.',
    subscribe: followLines,
  })
  jobLogs(
    @Root() line: LogLineRecord,
    @Arg('jobId', () => ID, { description: JOB }) _jobId: string,
    @Arg('tailLines', () => Int, { nullable: true, description: TAIL_LINES }) _tailLines?: number | null,
    @Arg('afterLine', () => Int, { nullable: true, description: AFTER_LINE }) _afterLine?: number | null,
    @Arg('follow', () => Boolean, { nullable: true, defaultValue: true, description: FOLLOW })
    _follow?: boolean | null,
  ): LogLineRecord {
    return line;
  }

  @Subscription(() => [LogLine], {
    description:
      'The lines of `jobLogs` in lists of at most 1,000: all that is there at once. For logs that are long, or written ' +
      'fast.',
    subscribe: followBatches,
  })
  jobLogBatches(
    @Root() lines: readonly LogLineRecord[],
    @Arg('jobId', () => ID, { description: JOB }) _jobId: string,
    @Arg('tailLines', () => Int, { nullable: true, description: TAIL_LINES }) _tailLines?: number | null,
    @Arg('afterLine', () => Int, { nullable: true, description: AFTER_LINE }) _afterLine?: number | null,
    @Arg('follow', () => Boolean, { nullable: true, defaultValue: true, description: FOLLOW })
    _follow?: boolean | null,
  ): readonly LogLineRecord[] {
    return lines;
  }
}
