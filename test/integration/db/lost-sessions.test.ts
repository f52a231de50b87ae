import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inside } from '../../../src/db/database.ts';
import { createSession } from '../../../src/db/session.ts';
import { eventually } from '../../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let cms: TestDatabase;
beforeAll(async () => {
  cms = await createTestDatabase();
});
afterAll(() => cms.stop());

/** Ends a session as a server that goes down, or a proxy that has had enough, does. */
async function cut(pid: number): Promise<void> {
  await cms.database.pool.query('SELECT pg_terminate_backend($1)', [pid]);
  await eventually(
    async () => (await cms.database.pool.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).rowCount,
    (count) => count === 0,
  );
}

// An error that nobody hears ends the process: here it would be an unhandled one, and fail the run.
describe('a session that is lost', () => {
  it.each([false, true])(
    'while nothing is asked of it is told by the next statement (of a pooler: %s)',
    async (pooled) => {
      const session = createSession({ url: cms.url, applicationName: 'test', pooled });
      const ended = new Promise((resolve) => session.once('end', resolve));
      await session.connect();
      const { rows } = await session.query('SELECT pg_backend_pid() AS pid');
      await cut(rows[0].pid);
      await ended;
      await expect(session.query('SELECT 1')).rejects.toThrow();
      await session.end().catch(() => undefined);
    },
  );

  it('between two statements of a transaction fails that, and no other', async () => {
    const lost = cms.database.transaction(async (tx) => {
      const { rows } = await inside(tx).execute<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await cut(rows[0]?.pid ?? 0);
      await inside(tx).execute('SELECT 1');
    });
    await expect(lost).rejects.toThrow();
    expect((await cms.database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});
