import type { InstanceDetailQuery } from '../../generated/graphql.ts';

/** An instance as its page has it. */
export type InstanceShown = NonNullable<InstanceDetailQuery['instance']>;
