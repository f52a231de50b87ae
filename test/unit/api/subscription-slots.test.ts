import { expect, test } from 'vitest';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { LIMITS } from '../../../src/api/limits/limits.ts';
import { createSubscriptionSlots } from '../../../src/api/limits/subscription-slots.ts';

const caller = (id: string): Caller => ({ kind: 'USER', id, name: 'somebody', role: 'VIEWER' });

test('8,000 subscriptions of one identity are refused beyond its own number, and others have theirs', () => {
  const slots = createSubscriptionSlots();
  const given: (() => void)[] = [];
  const refusals: unknown[] = [];
  for (let asked = 0; asked < 8_000; asked += 1) {
    try {
      given.push(slots.take(caller('greedy')));
    } catch (error) {
      refusals.push(error);
    }
  }
  expect(given).toHaveLength(LIMITS.subscriptionsPerIdentity);
  expect(given.length + refusals.length).toBe(8_000);
  expect(refusals.at(-1)).toMatchObject({ details: { rule: 'tooManySubscriptions' } });
  expect(() => slots.take(caller('modest'))).not.toThrow();
  given[0]?.();
  given[0]?.();
  expect(() => slots.take(caller('greedy'))).not.toThrow();
  expect(() => slots.take(caller('greedy'))).toThrow();
});
