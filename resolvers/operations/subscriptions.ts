import 'reflect-metadata';
import { Arg, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import { Operation, OperationEvent } from '../../schema/operation.ts';
import { checkAfterSequence } from '../../schema/rules/paging-rules.ts';
import { follow, type Subscriber } from '../follow.ts';
import { notFound, requireId } from '../ids.ts';
import type { OperationEventRecord, OperationRecord } from '../ports/records.ts';

interface OperationEventsArgs {
  readonly operationId: string;
  readonly after?: number | null;
}

function followEvents({ args, context }: Subscriber<OperationEventsArgs>): AsyncIterable<OperationEventRecord> {
  const after = args.after ?? 0;
  checkAfterSequence(after);
  const id = requireId('operation', 'operationId', args.operationId);
  return follow((signal) => context.services.events.followOperation(id, after, signal));
}

interface OperationChangedArgs {
  readonly instanceId?: string | null;
  readonly imageId?: string | null;
}

async function followOperations({
  args,
  context: { loaders, services },
}: Subscriber<OperationChangedArgs>): Promise<AsyncIterable<OperationRecord>> {
  const instanceId = args.instanceId == null ? null : requireId('instance', 'instanceId', args.instanceId);
  const imageId = args.imageId == null ? null : requireId('image', 'imageId', args.imageId);
  if (instanceId !== null && (await loaders.instances.load(instanceId)) === null) {
    throw notFound('instance', 'instanceId');
  }
  if (imageId !== null && (await loaders.images.load(imageId)) === null) throw notFound('image', 'imageId');
  return follow((signal) => services.events.followOperations({ instanceId, imageId }, signal));
}

/** What can be followed of operations. */
@Resolver()
export class OperationSubscriptionResolver {
  @Subscription(() => OperationEvent, {
    description:
      'Every event of an operation after `after`, then each new one as it happens, without gap or duplicate. Ends with ' +
      'the event that ends the operation.',
    subscribe: followEvents,
  })
  operationEvents(
    @Root() event: OperationEventRecord,
    @Arg('operationId', () => ID, { description: 'The operation; NOT_FOUND for an unknown one.' }) _operationId: string,
    @Arg('after', () => Int, {
      nullable: true,
      defaultValue: 0,
      description: 'The sequence of the last event already seen; 0 for all from the start.',
    })
    _after?: number | null,
  ): OperationEventRecord {
    return event;
  }

  @Subscription(() => Operation, {
    description: 'Every change of operations from now on; of this instance or image, where one is given.',
    subscribe: followOperations,
  })
  operationChanged(
    @Root() operation: OperationRecord,
    @Arg('instanceId', () => ID, { nullable: true, description: 'Only operations on this instance.' })
    _instanceId?: string | null,
    @Arg('imageId', () => ID, { nullable: true, description: 'Only operations on this image.' })
    _imageId?: string | null,
  ): OperationRecord {
    return operation;
  }
}
