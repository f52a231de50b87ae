import { stateOf } from '../../format/shown-state.ts';
import type { InstanceRowFragment } from '../../generated/graphql.ts';

/** States of an instance in which something is, or will be, in it that could be lost. */
export const LASTING_STATES = ['CREATING', 'RUNNING', 'STOPPED'] as const;

type Row = Pick<InstanceRowFragment, 'state' | 'failure' | 'deletionProtection'>;

/** What can be asked of an instance. */
export type InstanceVerb = 'image' | 'start' | 'stop' | 'restart' | 'rotate' | 'delete';

/**
 * Why the server would refuse a verb by the state of an instance; null: it would not. Where it failed, its state is the one that
 * it should have: one that is RUNNING and failed is started again, and one that is STOPPED and failed is still tried by its
 * platform until it is told to stop.
 */
export function refuseVerb(verb: InstanceVerb, row: Row): string | null {
  const { state, failure, deletionProtection } = row;
  const hasFailed = failure != null;
  const needs = (wanted: string) =>
    state === wanted ? null : `It is ${stateOf(row).toLowerCase()}; this needs it ${wanted.toLowerCase()}.`;
  switch (verb) {
    case 'start':
      return state === 'RUNNING' && hasFailed ? null : needs('STOPPED');
    case 'stop':
    case 'restart':
      return state === 'STOPPED' && hasFailed ? null : needs('RUNNING');
    case 'delete':
      if (state === 'DELETED') return 'It is deleted.';
      return deletionProtection ? 'It is protected: take that back in Settings.' : null;
    default:
      return needs('RUNNING');
  }
}
