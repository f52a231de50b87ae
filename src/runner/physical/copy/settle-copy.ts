import { z } from 'zod';
import { hexName, RawName } from '../../../guarded-postgres/raw-name.ts';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import { quoteIdentifier, quoteLiteral, sql } from '../../../guarded-postgres/sql.ts';
import { writeName } from '../../../guarded-postgres/written-name.ts';
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

const CRON_JOBS = `
  SELECT count(*)::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'cron' AND c.relname = 'job' AND c.relkind = 'r'
    AND EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass
                  AND e.extname = 'pg_cron')`;

/** Work that the source does by itself, in one database: held, so that it is not done twice. */
export async function holdBackgroundWork(
  { report }: Pick<Attempt, 'report'>,
  session: Session,
  database: string,
): Promise<void> {
  const held = (object: string | null, message: string, remedy: string) =>
    report.finding({ code: 'BACKGROUND_WORK_HELD', severity: 'INFO', database, object, message, remedy });
  const subscriptions = await session.ask({
    sql: `SELECT encode(textsend(subname::text), 'hex') FROM pg_subscription
          WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY subname`,
    row: z.tuple([hexName]),
  });
  for (const [name] of subscriptions) {
    const identifier = quoteIdentifier(name);
    await session.run(sql`ALTER SUBSCRIPTION ${identifier} DISABLE`);
    // The slot belongs to the subscription of the source: dropping the copy's must not take it away.
    await session.run(sql`ALTER SUBSCRIPTION ${identifier} SET (slot_name = NONE)`);
    held(
      writeName(name),
      'the subscription is disabled here and has given up its slot, which is the one of the source',
      'Create a slot of its own, set slot_name to it and enable the subscription.',
    );
  }
  const [cron] = await session.ask({ sql: CRON_JOBS, row: z.tuple([z.string()]) });
  if (cron?.[0] !== '1') return;
  const [jobs] = await session.ask({
    sql: `WITH held AS (UPDATE cron.job SET active = false WHERE active RETURNING jobid) SELECT count(*)::text FROM held`,
    row: z.tuple([z.string().regex(/^\d+$/)]),
  });
  if (jobs === undefined || jobs[0] === '0') return;
  held(
    'cron.job',
    `${jobs[0]} jobs of pg_cron are not active here`,
    'Set active again for those that the copy is to run.',
  );
}
