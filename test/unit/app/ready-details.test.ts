import { expect, it } from 'vitest';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { createDetailsRule } from '../../../src/app/readiness.ts';

const caller = (scope: Record<string, string>): Caller => ({
  kind: 'USER',
  id: null,
  name: 'x',
  role: 'VIEWER',
  scope,
});

function rule(host: string) {
  const asked: unknown[] = [];
  const shows = createDetailsRule(host, {
    authenticate: async (authorization) => {
      asked.push(authorization);
      if (authorization === 'Bearer all') return caller({});
      if (authorization === 'Bearer shop') return caller({ team: 'shop' });
      throw new AppError('UNAUTHENTICATED', 'no');
    },
  });
  return { shows, asked };
}

it('shows details to everybody on loopback, and asks for no token', async () => {
  const { shows, asked } = rule('127.0.0.1');
  expect(await shows(undefined)).toBe(true);
  expect(asked).toEqual([]);
});

it('shows details elsewhere to who sees everything alone, and counts a bare probe as nobody’s attempt', async () => {
  const { shows, asked } = rule('0.0.0.0');
  expect(await shows(undefined)).toBe(false);
  expect(asked).toEqual([]);
  expect(await shows('Bearer wrong')).toBe(false);
  expect(await shows('Bearer shop')).toBe(false);
  expect(await shows('Bearer all')).toBe(true);
});
