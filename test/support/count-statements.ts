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

/** The texts of what the pool sends to the server while `work` runs. */
export async function captureStatements({ pool }: Database, work: () => Promise<unknown>): Promise<readonly string[]> {
  const original = pool.query;
  const texts: string[] = [];
  pool.query = function captured(this: unknown, ...given: unknown[]) {
    const [first] = given as [string | { readonly text: string }];
    texts.push(typeof first === 'string' ? first : first.text);
    return Reflect.apply(original, pool, given);
  } as typeof pool.query;
  try {
    await work();
  } finally {
    pool.query = original;
  }
  return texts;
}
