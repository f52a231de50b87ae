import * as z from 'zod';
import { hexName } from '../../../guarded-postgres/raw-name.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import { quoteIdentifier } from '../../../guarded-postgres/sql.ts';
import { JobFailure } from '../../attempt/failure.ts';
import { silenceUntilRolledBack } from '../../background-work/quietly.ts';

/**
 * Does work in a transaction in which the server has the newest amcheck that it can make, in the schema that it is given,
 * quoted; all of it is gone afterwards. Null where the server has none.
 */
export async function withAmcheck<T>(session: Session, work: (schema: Buffer) => Promise<T>): Promise<T | null> {
  const [has] = await session.ask({
    sql: `SELECT count(*)::text FROM pg_available_extensions WHERE name = 'amcheck'`,
    row: z.tuple([z.string()]),
  });
  if (has?.[0] !== '1') return null;
  await session.run('BEGIN');
  try {
    await silenceUntilRolledBack(session);
    await session.run('CREATE SCHEMA toygres_amcheck');
    await session.run('CREATE EXTENSION IF NOT EXISTS amcheck WITH SCHEMA toygres_amcheck');
    // One that came with an older major version looks through no tables.
    await session.run('ALTER EXTENSION amcheck UPDATE');
    const [schema] = await session.ask({
      sql: `SELECT encode(textsend(n.nspname::text), 'hex') FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'amcheck'`,
      row: z.tuple([hexName]),
    });
    if (schema === undefined) throw new JobFailure('amcheck was made, and is not there');
    return await work(quoteIdentifier(schema[0]));
  } finally {
    await session.run('ROLLBACK').catch(() => undefined);
  }
}
