import { z } from 'zod';
import type { Session } from '../../../guarded-postgres/session.ts';
import type { Sql } from '../../../guarded-postgres/sql.ts';

/** Whether a question that answers one boolean is true of a table; false where that is held by somebody, or takes too long: the dump goes on. */
export async function isTrueOfRows(session: Session, question: Sql): Promise<boolean> {
  await session.run(`SET lock_timeout = '2s'; SET statement_timeout = '5s'`);
  const [answer] = await session.ask({ sql: question, row: z.tuple([z.enum(['t', 'f'])]) }).catch(() => []);
  await session.run(`SET lock_timeout = 0; SET statement_timeout = 0`);
  return answer?.[0] === 't';
}
