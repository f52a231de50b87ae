import 'reflect-metadata';
import { Arg, Authorized, Resolver, Root, Subscription } from 'type-graphql';
import { Change } from '../../schema/change.ts';
import type { Role } from '../../schema/states.ts';
import { follow, type Subscriber } from '../follow.ts';
import type { ChangeRecord } from '../ports/records.ts';

interface ChangesArgs {
  readonly after?: string | null;
}

function followChanges({ args: { after = null }, context }: Subscriber<ChangesArgs>): AsyncIterable<ChangeRecord> {
  return follow((signal) => context.services.events.followChanges(after, signal));
}

/** All that changes, in one order. */
@Resolver()
export class ChangeSubscriptionResolver {
  @Authorized<Role>('VIEWER')
  @Subscription(() => Change, {
    description:
      'Everything that changes in what you may see, in one order over all nouns. Records come as they stand, so that two ' +
      'changes of one may come as one. With `after` all since, without gap or duplicate.',
    subscribe: followChanges,
  })
  changes(
    @Root() change: ChangeRecord,
    @Arg('after', () => String, {
      nullable: true,
      description:
        'The cursor of the last change already seen; left out: from now on. INVALID_INPUT with the rule cursorTooOld ' +
        'when what came after it is no longer kept.',
    })
    _after?: string | null,
  ): ChangeRecord {
    return change;
  }
}
