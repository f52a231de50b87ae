import * as z from 'zod';
import type { Session } from '../../guarded-postgres/session.ts';
import { encoding } from './columns.ts';

/** PostgreSQL knows no way from it to any other. */
const ALONE = 'MULE_INTERNAL';

/** Works with texts in UTF-8 where the database has a way to it, and with its own bytes where it has none; afterwards with these. */
export async function inUtf8<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const [found] = await session.ask({ sql: 'SELECT getdatabaseencoding()', row: z.tuple([encoding]) });
  if (found?.[0] === ALONE) return work();
  await session.run(`SET client_encoding = 'UTF8'`);
  const answer = await work();
  await session.run(`SET client_encoding = 'SQL_ASCII'`);
  return answer;
}
