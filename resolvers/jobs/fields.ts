import 'reflect-metadata';
import { Arg, Authorized, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { Job } from '../../schema/job.ts';
import { LogLine } from '../../schema/log-line.ts';
import { checkLogRequest } from '../../schema/rules/paging-rules.ts';
import type { Role } from '../../schema/states.ts';
import type { JobRecord, LogLineRecord } from '../ports/records.ts';
import type { Services } from '../services.ts';

const DEFAULT_TAIL_LINES = 1000;

/** What a job shows that is not a column of its record. */
@Resolver(() => Job)
export class JobFieldResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Authorized<Role>('OPERATOR')
  @FieldResolver(() => [LogLine], {
    description:
      'What it wrote, over all its attempts; also after the platform has forgotten it. Needs the role OPERATOR.',
  })
  async logs(
    @Root() job: JobRecord,
    @Arg('tailLines', () => Int, {
      nullable: true,
      defaultValue: DEFAULT_TAIL_LINES,
      description: 'How many of the last lines, 0 to 10,000; null: the first 10,000.',
    })
    tailLines: number | null,
    @Arg('afterLine', () => Int, { nullable: true, description: 'Only lines after the one with this number.' })
    afterLine?: number | null,
  ): Promise<readonly LogLineRecord[]> {
    const request = { tailLines, afterLine: afterLine ?? null };
    checkLogRequest(request);
    return this.#services.logs.readJob(job.id, request);
  }
}
