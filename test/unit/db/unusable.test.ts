import { DrizzleQueryError } from 'drizzle-orm/errors';
import { expect, test } from 'vitest';
import { explainUnusable } from '../../../src/db/unusable.ts';

test('a first statement that is never answered is told without itself and without its parameters', () => {
  const thrown = new DrizzleQueryError('insert into t values ($1)', ['hunter2'], new Error('Query read timeout'));
  const told = explainUnusable(thrown, 'postgresql://toygres:hunter2@db.example:5432/cms') as Error;
  expect(told).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('does not answer') });
  expect(told.message).not.toMatch(/hunter2|insert/);
});
