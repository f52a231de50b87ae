import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { createBudgets } from '../../../src/api/limits/budgets.ts';
import { LIMITS } from '../../../src/api/limits/limits.ts';

const ann: Caller = { kind: 'USER', id: null, name: 'ann', role: 'OPERATOR', address: '192.0.2.1' };
const token: Caller = { ...ann, kind: 'TOKEN', id: '5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10' };
const stranger = (address: string): Caller => ({ kind: 'USER', id: null, name: '', role: null, address });
const refused = expect.objectContaining({ code: 'UNAVAILABLE', details: { rule: 'tooManyRequests' } });

describe('a budget', () => {
  it('is spent by one identity, and comes back with time', () => {
    let now = 0;
    const budgets = createBudgets(() => now);
    for (let n = 0; n < LIMITS.effectsAtOnce; n++) budgets.spend(ann, 'change');
    expect(() => budgets.spend(ann, 'change')).toThrow(refused);
    expect(() => budgets.spend(ann, 'read')).not.toThrow();
    expect(() => budgets.spend(token, 'change')).not.toThrow();
    now += 1000;
    for (let n = 0; n < LIMITS.effectsPerSecond; n++) budgets.spend(ann, 'change');
    expect(() => budgets.spend(ann, 'change')).toThrow(refused);
    now += 3_600_000;
    for (let n = 0; n < LIMITS.effectsAtOnce; n++) budgets.spend(ann, 'change');
    expect(() => budgets.spend(ann, 'change')).toThrow(refused);
  });

  it('of those who have not signed in is one for each address', () => {
    const budgets = createBudgets(() => 0);
    while (true) {
      try {
        budgets.spend(stranger('192.0.2.1'), 'hash');
      } catch (error) {
        expect(error).toEqual(refused);
        break;
      }
    }
    expect(() => budgets.spend(stranger('192.0.2.2'), 'hash')).not.toThrow();
    expect(() => budgets.spend(ann, 'hash')).not.toThrow();
  });

  it('holds places for requests by identity and by address, and gives them back once', () => {
    const budgets = createBudgets();
    const held = Array.from({ length: LIMITS.requestsPerIdentity }, () => budgets.begin(ann));
    expect(() => budgets.begin(ann)).toThrow(refused);
    held[0]?.();
    held[0]?.();
    held.push(budgets.begin(ann));
    expect(() => budgets.begin(ann)).toThrow(refused);
    const others = Array.from({ length: LIMITS.requestsPerAddress - LIMITS.requestsPerIdentity }, (_, n) =>
      budgets.begin({ ...token, id: String(Math.floor(n / LIMITS.requestsPerIdentity)) }),
    );
    expect(() => budgets.begin({ ...token, id: 'another' })).toThrow(refused);
    expect(() => budgets.begin({ ...token, id: 'another', address: '192.0.2.9' })).not.toThrow();
    for (const release of [...held, ...others]) release();
    expect(() => budgets.begin(ann)).not.toThrow();
  });
});
