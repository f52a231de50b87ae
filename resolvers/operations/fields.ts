import 'reflect-metadata';
import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { ImageRecord, InstanceRecord } from '../../jobs/ports/records.ts';
import { Finding } from '../../schema/finding.ts';
import { Image } from '../../schema/image.ts';
import { Instance } from '../../schema/instance.ts';
import { Job } from '../../schema/job.ts';
import { Operation, OperationEvent } from '../../schema/operation.ts';
import type { FindingFacts } from '../../schema/rules/finding-rules.ts';
import { Step } from '../../schema/step.ts';
import type { ApiContext } from '../context.ts';
import { BRIEF_OPERATION } from '../ports/brief.ts';
import type { JobRecord, OperationEventRecord, OperationRecord, StepRecord } from '../ports/records.ts';
import { readSecondsLeft } from './seconds-left.ts';

/** The fields of an operation that need no more of it than a brief row has. */
export const BRIEF_OPERATION_FIELDS: ReadonlySet<string> = new Set([
  ...BRIEF_OPERATION,
  ...['__typename', 'steps', 'secondsLeft', 'notices', 'findings', 'jobs', 'instance', 'image'],
]);

/** What an operation shows that is not a column of its record. */
@Resolver(() => Operation)
export class OperationFieldResolver {
  @FieldResolver(() => [Step])
  async steps(@Root() operation: OperationRecord, @Ctx() { loaders }: ApiContext): Promise<readonly StepRecord[]> {
    return loaders.steps.load(operation.id);
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'Whole seconds that it has left over all its steps, where that can be told; null when it is over.',
  })
  async secondsLeft(@Root() operation: OperationRecord, @Ctx() { loaders }: ApiContext): Promise<number | null> {
    if (operation.state !== 'RUNNING') return null;
    return readSecondsLeft(operation.state, await loaders.steps.load(operation.id), new Date());
  }

  @FieldResolver(() => [String])
  async notices(@Root() operation: OperationRecord, @Ctx() { loaders }: ApiContext): Promise<readonly string[]> {
    return loaders.operationNotices.load(operation.id);
  }

  @FieldResolver(() => [Finding])
  async findings(@Root() operation: OperationRecord, @Ctx() { loaders }: ApiContext): Promise<readonly FindingFacts[]> {
    return loaders.operationFindings.load(operation.id);
  }

  @FieldResolver(() => [Job], { description: 'The jobs it has run on the platform so far, oldest first.' })
  async jobs(@Root() operation: OperationRecord, @Ctx() { loaders }: ApiContext): Promise<readonly JobRecord[]> {
    return loaders.jobs.load(operation.id);
  }

  @FieldResolver(() => Instance, { nullable: true, description: 'The instance it works on or with.' })
  async instance(@Root() operation: OperationRecord, @Ctx() { loaders }: ApiContext): Promise<InstanceRecord | null> {
    return operation.instanceId === null ? null : loaders.instances.load(operation.instanceId);
  }

  @FieldResolver(() => Image, { nullable: true, description: 'The image it works on or with.' })
  async image(@Root() operation: OperationRecord, @Ctx() { loaders }: ApiContext): Promise<ImageRecord | null> {
    return operation.imageId === null ? null : loaders.images.load(operation.imageId);
  }
}

/** Leads from an event to its operation. */
@Resolver(() => OperationEvent)
export class OperationEventFieldResolver {
  @FieldResolver(() => Operation, { description: 'The operation as it stands now, which may be further on.' })
  async operation(
    @Root() event: OperationEventRecord,
    @Ctx() { loaders }: ApiContext,
  ): Promise<OperationRecord | null> {
    return loaders.operations.load(event.operationId);
  }
}
