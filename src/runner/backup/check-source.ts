import * as z from 'zod';
import { type Login, openSession, type Session } from '../../guarded-postgres/session.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { type AcceptedLoss, refuseLoss } from '../catalogue/accept-loss.ts';
import { checkDatabase } from '../catalogue/check-database.ts';
import { count } from '../catalogue/columns.ts';
import type { SourceDatabase } from '../dump/source.ts';
import { failingAs } from '../postgres/describe-error.ts';

/** The server's session, and what lanes take besides: one that holds the snapshot, one that looks, pg_dump. */
const CONNECTIONS_OF_ALL = 1;
const CONNECTIONS_OF_A_LANE = 3;
/** Workers lock the tables that they read once more, and users have theirs. */
const LOCKS_TO_SPARE = 2;
/** What is left to the server's users. */
const SPARED = 2;

/**
 * Looks for what is known to break before anything is dumped: a finding each. Says whether the server may be short of locks for it.
 * Throws a final failure where what breaks is more than may be lost.
 */
export async function checkSource(
  { report }: Attempt,
  login: Login,
  major: number,
  databases: readonly SourceDatabase[],
  acceptLoss: AcceptedLoss,
): Promise<{ readonly isShortOfLocks: boolean }> {
  let isShortOfLocks = false;
  for (const database of databases) {
    const name = database.name.text;
    await failingAs(`the look at database ${name}`, async () => {
      const session = await openSession(login, { database: database.name, major });
      try {
        await checkDatabase(session, name, (finding) => report.finding(finding));
        const shortage = describeShortage((await session.ask(LOCKS))[0]);
        if (shortage === null) return;
        isShortOfLocks = true;
        report.notice(`database ${name}: ${shortage}`);
      } finally {
        await session.close();
      }
    });
  }
  refuseLoss(report.findings, acceptLoss);
  return { isShortOfLocks };
}

/** What pg_dump locks until it ends, and how many locks there are for sure; what else the server's memory has to spare is taken by who comes first. */
const LOCKS = {
  sql: `
    SELECT (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'S') AND relpersistence <> 't' AND oid >= 16384),
      current_setting('max_locks_per_transaction'), current_setting('max_connections')::int8 + current_setting('max_prepared_transactions')::int8`,
  row: z
    .tuple([count, count, count])
    .transform(([needed, perTransaction, transactions]) => ({ needed, perTransaction, transactions })),
};

/** That a dump may find no room for its locks, and with what setting it does; null where there is enough. */
export function describeShortage(
  locks: { readonly needed: number; readonly perTransaction: number; readonly transactions: number } | undefined,
): string | null {
  if (locks === undefined || locks.needed <= locks.perTransaction * locks.transactions) return null;
  const { needed, perTransaction, transactions } = locks;
  const wanted = Math.ceil((needed * LOCKS_TO_SPARE) / transactions);
  return (
    `its dump locks ${needed} tables and sequences, and the server has room for ${perTransaction * transactions} locks for sure: where ` +
    `it runs out of them, ALTER SYSTEM SET max_locks_per_transaction = ${wanted} and a restart make room`
  );
}

const ROOM = z.tuple([count, count, count, count]);

/**
 * How many tables are dumped at once: as many as asked for, and fewer where the server has few connections free. Says in the
 * log where it has fewer locks than it has tables.
 */
export async function fitToSource(session: Session, wanted: number, log: (text: string) => void): Promise<number> {
  const [room] = await session.ask({
    sql: `
      SELECT current_setting('max_connections'), (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
        current_setting('max_locks_per_transaction'), current_setting('max_prepared_transactions')`,
    row: ROOM,
  });
  if (room === undefined) return wanted;
  const [connections, used, locks, prepared] = room;
  log(`The server has room for ${locks * (connections + prepared)} locks (max_locks_per_transaction ${locks})`);
  const free = connections - used - SPARED - CONNECTIONS_OF_ALL;
  const fitting = Math.max(1, Math.min(wanted, Math.floor(free / CONNECTIONS_OF_A_LANE)));
  if (fitting < wanted) {
    log(
      `Only ${connections - used} of ${connections} connections are free: ${fitting} tables are dumped at once instead of ${wanted}`,
    );
  }
  return fitting;
}
