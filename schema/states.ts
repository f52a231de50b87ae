import type { ImageState } from './states/image-states.ts';
import type { InstanceState } from './states/instance-states.ts';

export * from './states/access-states.ts';
export * from './states/image-states.ts';
export * from './states/instance-states.ts';
export * from './states/operation-states.ts';
export * from './states/upkeep-states.ts';

/** The states in which an instance or image has given its name free, and holds nothing any more. */
export const ENDED_RECORD_STATES = ['DELETED', 'FAILED'] as const satisfies readonly (InstanceState & ImageState)[];

/** True when an instance or image of this state has given its name free. */
export function isEnded(state: InstanceState | ImageState): boolean {
  return ENDED_RECORD_STATES.some((ended) => ended === state);
}
