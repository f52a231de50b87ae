import * as z from 'zod';
import { hexName, type RawName } from '../../guarded-postgres/raw-name.ts';
import type { Question, Session } from '../../guarded-postgres/session.ts';
import { quoteLiteral, sql } from '../../guarded-postgres/sql.ts';
import { writeLiteral } from '../../guarded-postgres/written-name.ts';
import type { Report } from '../attempt/attempt.ts';
import { count } from './columns.ts';
import { tellSome } from './tell-some.ts';

const Prepared = z
  .tuple([hexName, hexName, hexName, z.string().regex(/^[0-9T:.Z-]{20,40}$/), count])
  .transform(([gid, owner, database, since, seconds]) => ({ gid, owner, database, since, seconds }));
/** A transaction that was prepared and neither committed nor rolled back: it keeps its locks over every restart. */
export type PreparedTransaction = z.infer<typeof Prepared>;

/** All of the server, the oldest first. */
export const PREPARED_TRANSACTIONS: Question<PreparedTransaction> = {
  sql: `
    SELECT encode(textsend(gid), 'hex'), encode(textsend(owner::text), 'hex'), encode(textsend(database::text), 'hex'),
      to_char(prepared AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      greatest(extract(epoch FROM now() - prepared), 0)::bigint
    FROM pg_prepared_xacts ORDER BY prepared, gid`,
  row: Prepared,
};

function describeAge(seconds: number): string {
  const [size, unit] = [
    [86_400, 'days'],
    [3_600, 'hours'],
    [60, 'minutes'],
    [1, 'seconds'],
  ].find(([least]) => seconds >= 2 * Number(least)) ?? [1, 'seconds'];
  return `${Math.floor(seconds / Number(size))} ${unit}`;
}

/** What becomes of what such a transaction changed, by where it was found. */
const BECOMES = {
  LOGICAL: 'what it changed is not committed, and not in the image',
  PHYSICAL: 'a copy has it as well, open and with all its locks',
  COPY: 'it came along, and holds its locks here as well; who coordinates it knows of the source alone',
} as const;

/** Tells each of them with what ends it. Whether it is right to commit or to roll back is known to its coordinator alone. */
export async function tellPreparedTransactions(
  session: Session,
  report: Pick<Report, 'finding'>,
  where: keyof typeof BECOMES,
): Promise<void> {
  const open = await session.ask(PREPARED_TRANSACTIONS);
  const findings = open.map(({ gid, owner, database, since, seconds }) => {
    const name = writeLiteral(gid);
    return {
      code: 'PREPARED_TRANSACTION_OPEN',
      severity: 'INFO' as const,
      database: database.text,
      object: name,
      message: `the prepared transaction ${name} of ${owner.text} has been open since ${since}, for ${describeAge(seconds)}: ${BECOMES[where]}`,
      remedy: `COMMIT PREPARED ${name}; or ROLLBACK PREPARED ${name};`,
    };
  });
  tellSome(report, findings, (count) => ({
    message: `${count} more prepared transactions are open`,
    remedy: 'SELECT * FROM pg_prepared_xacts;',
  }));
}

/** Rolls all of them back, on a server that nobody keeps: their locks would have it waited for without an end. */
export async function rollBackPreparedTransactions(
  session: Session,
  open: (login: { readonly database: RawName }) => Promise<Session>,
  log: (text: string) => void,
): Promise<void> {
  for (const { gid, database } of await session.ask(PREPARED_TRANSACTIONS)) {
    const inside = await open({ database });
    try {
      await inside.run(sql`ROLLBACK PREPARED ${quoteLiteral(gid.bytes)}`);
      log(`rolled back the prepared transaction ${writeLiteral(gid)} here, where nobody goes on with it`);
    } finally {
      await inside.close();
    }
  }
}
