import type { CostClass } from '../../../resolvers/access/rules.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { LIMITS } from './limits.ts';

/** What a field of each class takes from the budget of who asks for it, on top of what its answer may cost. */
const PRICES: Readonly<Record<CostClass, number>> = { read: 0, change: 1, probe: 5, hash: 10 };

/** What is held back from one identity so that there is something left for others. */
export interface Budgets {
  /** UNAVAILABLE with the rule `tooManyRequests` when the caller has asked for too much of what costs the server. */
  spend(caller: Caller, cost: CostClass): void;
  /** Takes a place among the requests in flight until what is answered is called. Throws the same. */
  begin(caller: Caller): () => void;
  /** Takes a place among the WebSockets of the caller in the same way. */
  connect(caller: Caller): () => void;
}

/** One for all requests of a user or token; for those who have not signed in, one for each address. */
export function identityOf({ kind, id, name, role, address }: Caller): string {
  return role === null ? `nobody ${address ?? ''}` : `${kind} ${id ?? name}`;
}

function refuse(message: string): AppError {
  return new AppError('UNAVAILABLE', message, { details: { rule: 'tooManyRequests' } });
}

/** Budgets of one server process. `now` is in milliseconds. */
export function createBudgets(now: () => number = () => performance.now()): Budgets {
  const spent = new Map<string, { units: number; at: number }>();
  const inFlight = new Map<string, number>();

  /** Forgets those whose budget is whole again. */
  function forgetWhole(moment: number): void {
    for (const [identity, { units, at }] of spent) {
      if (units - ((moment - at) / 1000) * LIMITS.effectsPerSecond <= 0) spent.delete(identity);
    }
  }

  function take(key: string, most: number, what = 'requests'): () => void {
    const held = inFlight.get(key) ?? 0;
    if (held >= most) throw refuse(`You have ${held} ${what} open, and ${most} may be at a time: end some of them.`);
    inFlight.set(key, held + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (inFlight.get(key) ?? 1) - 1;
      if (left > 0) inFlight.set(key, left);
      else inFlight.delete(key);
    };
  }

  return {
    spend(caller, cost) {
      const price = PRICES[cost];
      if (price === 0) return;
      const identity = identityOf(caller);
      const moment = now();
      const known = spent.get(identity);
      if (known === undefined && spent.size >= LIMITS.identitiesKept) forgetWhole(moment);
      const left = known === undefined ? 0 : known.units - ((moment - known.at) / 1000) * LIMITS.effectsPerSecond;
      const units = Math.max(0, left) + price;
      if (units > LIMITS.effectsAtOnce) {
        throw refuse('You have asked for very much at once: wait a few seconds and go on more slowly.');
      }
      spent.set(identity, { units, at: moment });
    },

    connect: (caller) => take(`socket ${identityOf(caller)}`, LIMITS.socketsPerIdentity, 'connections'),

    begin(caller) {
      const releaseIdentity = take(identityOf(caller), LIMITS.requestsPerIdentity);
      try {
        const releaseAddress = take(`address ${caller.address ?? ''}`, LIMITS.requestsPerAddress);
        return () => {
          releaseIdentity();
          releaseAddress();
        };
      } catch (error) {
        releaseIdentity();
        throw error;
      }
    },
  };
}
