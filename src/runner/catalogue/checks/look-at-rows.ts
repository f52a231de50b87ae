import * as z from 'zod';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import type { Sql } from '../../../guarded-postgres/sql.ts';

/** Whether a question is true of a table's rows; or, in the server's words, why that is not known: nobody may take it for no. */
export type LookedAt = boolean | { readonly refusal: string };

/** Asks a table what one boolean answers. Does not wait for who holds it, nor for a look that takes long: the dump goes on. */
export async function lookAtRows(session: Session, question: Sql): Promise<LookedAt> {
  await session.run(`SET lock_timeout = '2s'; SET statement_timeout = '5s'`);
  const answer = await session.ask({ sql: question, row: z.tuple([z.enum(['t', 'f'])]) }).catch((error: unknown) => {
    if (error instanceof ServerError) return { refusal: error.words };
    throw error;
  });
  await session.run(`SET lock_timeout = 0; SET statement_timeout = 0`);
  return 'refusal' in answer ? answer : answer[0]?.[0] === 't';
}
