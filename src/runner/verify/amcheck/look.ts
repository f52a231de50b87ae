import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Question, Session } from '../../../guarded-postgres/session.ts';
import type { Sql } from '../../../guarded-postgres/sql.ts';
import { refusalOf } from '../../load/load-session.ts';
import { saysDamage } from '../damage.ts';

/**
 * Asks within a transaction that goes on whatever comes of it, and in which nothing of it stays. Gives the rows, or why the
 * server refused; throws where it is the server that fails.
 */
export async function look<Row>(
  session: Session,
  question: Question<Row>,
  before: Sql | null = null,
): Promise<Row[] | ServerError> {
  await session.run('SAVEPOINT looked');
  try {
    if (before !== null) await session.run(before);
    return await session.ask({ ...question, timeoutMs: null });
  } catch (error) {
    if (error instanceof ServerError && saysDamage(error)) return error;
    return refusalOf(error);
  } finally {
    await session.run('ROLLBACK TO looked; RELEASE looked').catch(() => undefined);
  }
}
