import type { Caller } from '../../../resolvers/ports/commands.ts';
import { refuseExcess } from '../errors/refusals.ts';
import { LIMITS } from './limits.ts';

/** How many subscriptions each identity has at this server, whatever the connections. */
export interface SubscriptionSlots {
  /** Takes one for a caller until what is answered is called. Throws INVALID_INPUT, rule tooManySubscriptions. */
  take(caller: Caller): () => void;
}

export function createSubscriptionSlots(max: number = LIMITS.subscriptionsPerIdentity): SubscriptionSlots {
  const taken = new Map<string, number>();
  return {
    take({ kind, id, name }) {
      const identity = `${kind} ${id ?? name}`;
      const held = taken.get(identity) ?? 0;
      if (held >= max) {
        throw refuseExcess(
          'tooManySubscriptions',
          `You have ${held} subscriptions, and ${max} are allowed at a time: end some of them first.`,
        );
      }
      taken.set(identity, held + 1);
      let released = false;
      return () => {
        if (released) return;
        released = true;
        const left = (taken.get(identity) ?? 1) - 1;
        if (left > 0) taken.set(identity, left);
        else taken.delete(identity);
      };
    },
  };
}
