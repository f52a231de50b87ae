import type { Database } from '../../src/db/database.ts';

/** Counts what the pool sends to the server while `work` runs. */
export async function countStatements({ pool }: Database, work: () => Promise<unknown>): Promise<number> {
  const original = pool.query;
  let statements = 0;
  pool.query = function counted(this: unknown, ...given: unknown[]) {
    statements += 1;
    return Reflect.apply(original, pool, given);
  } as typeof pool.query;
  try {
    await work();
  } finally {
    pool.query = original;
  }
  return statements;
}
