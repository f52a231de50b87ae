import 'reflect-metadata';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { InstanceRecord } from '../../jobs/ports/records.ts';
import { HealthCheck } from '../../schema/health-check.ts';
import { HealthDay } from '../../schema/health-day.ts';
import { Instance } from '../../schema/instance.ts';
import { checkPage } from '../../schema/rules/paging-rules.ts';
import type { ApiContext } from '../context.ts';
import { DEFAULT_FIRST } from '../paging.ts';
import type { HealthCheckRecord, HealthDayRecord } from '../ports/records.ts';
import { FIRST } from '../words.ts';

/** The history of an instance's health. */
@Resolver(() => Instance)
export class InstanceHealthResolver {
  @FieldResolver(() => [HealthCheck], {
    description: 'What the last checks found, newest first. One is made every 30 s while it is RUNNING; kept 7 days.',
  })
  async healthChecks(
    @Root() instance: InstanceRecord,
    @Ctx() { loaders }: ApiContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
  ): Promise<readonly HealthCheckRecord[]> {
    const length = first ?? DEFAULT_FIRST;
    checkPage(length);
    return loaders.healthChecks.load({ parentId: instance.id, first: length });
  }

  @FieldResolver(() => HealthDay, {
    description: 'What the checks of the last 24 hours found, by quarters of an hour: for a chart.',
  })
  healthDay(@Root() instance: InstanceRecord, @Ctx() { loaders }: ApiContext): Promise<HealthDayRecord> {
    return loaders.healthDays.load(instance.id);
  }
}
