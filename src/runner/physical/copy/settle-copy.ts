import * as z from 'zod';
import { hexName, RawName } from '../../../guarded-postgres/raw-name.ts';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import { quoteIdentifier, quoteLiteral, sql } from '../../../guarded-postgres/sql.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { JobFailure } from '../../attempt/failure.ts';
import { LOGIN_CHECK, type RecoveryServer } from './recovery-server.ts';

const WRONG_PASSWORD = '28P01';
const UNKNOWN_DATABASE = '3D000';

/** The databases that take connections, template1 too. */
export async function listDatabases(session: Session): Promise<readonly RawName[]> {
  const rows = await session.ask({
    sql: `SELECT encode(textsend(datname::text), 'hex') FROM pg_database
          WHERE datallowconn AND datconnlimit <> -2 AND datname <> 'template0' ORDER BY datname`,
    row: z.tuple([hexName]),
  });
  return rows.map(([name]) => name);
}

/** The stored verifier stays where the recorded password logs in against it; else that password is set. */
export async function settlePassword(
  { report }: Pick<Attempt, 'report'>,
  server: RecoveryServer,
  session: Session,
  login: { readonly user: string; readonly password: string },
): Promise<void> {
  const failure = await server.open(LOGIN_CHECK, login).then(
    async (open) => {
      await open.close();
      return null;
    },
    (error: unknown) => error,
  );
  // It was let in, and found that there is no such database.
  if (failure === null || (failure instanceof ServerError && failure.code === UNKNOWN_DATABASE)) return;
  if (!(failure instanceof ServerError)) throw failure;
  if (failure.code !== WRONG_PASSWORD && !failure.code.startsWith('28')) throw failure;
  await session.run(
    sql`ALTER ROLE ${quoteIdentifier(RawName.of(login.user))} PASSWORD ${quoteLiteral(login.password)}`,
  );
  report.notice(`the stored password of role ${login.user} was not the recorded one; the recorded one was set`);
}

/** What tells the copy from its source, and what it has in common with it. */
export async function tellIdentity({ report }: Pick<Attempt, 'report'>, session: Session): Promise<void> {
  const [row] = await session.ask({
    sql: `SELECT s.system_identifier::text, c.timeline_id::text FROM pg_control_system() s, pg_control_checkpoint() c`,
    row: z.tuple([z.string().regex(/^\d+$/), z.string().regex(/^\d+$/)]),
  });
  if (row === undefined) throw new JobFailure('the server on the restored data does not tell who it is');
  const [identifier, timeline] = row;
  report.notice(
    `the server has the system identifier of its source, ${identifier}, and goes on by itself on timeline ${timeline}`,
  );
}

const PreparedRoom = z.tuple([
  z.string().regex(/^\d{1,9}$/),
  z.string().regex(/^\d{1,9}$/),
  z.string().regex(/^\d{1,9}$/),
]);

/**
 * A server with prepared transactions starts only where it has room for as many. Where that was told to the source on its command
 * line, and not in a file that came along, it is written into one.
 */
export async function keepPreparedRoom({ report }: Pick<Attempt, 'report'>, session: Session): Promise<void> {
  const [row] = await session.ask({
    sql: `
      SELECT (SELECT count(*) FROM pg_prepared_xacts)::text, current_setting('max_prepared_transactions'),
        coalesce((SELECT setting FROM pg_file_settings
          WHERE name = 'max_prepared_transactions' AND setting ~ '^[0-9]{1,9}$' ORDER BY seqno DESC LIMIT 1), '0')`,
    row: PreparedRoom,
  });
  const [open, room, inFiles] = (row ?? ['0', '0', '0']).map(Number);
  if (open === undefined || room === undefined || inFiles === undefined || open <= inFiles) return;
  await session.run(sql`ALTER SYSTEM SET max_prepared_transactions = ${quoteLiteral(String(room))}`);
  report.notice(
    `max_prepared_transactions was set to ${room}, as the source was started with: with less the server does not start while ` +
      'prepared transactions are open',
  );
}
