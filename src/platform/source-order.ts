import type pg from 'pg';
import * as z from 'zod';
import type { SourceOrder } from '../../jobs/ports/server-probe.ts';
import { RawName } from '../guarded-postgres/raw-name.ts';
import { askRow, type InDatabase } from './probe-client.ts';

const count = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** So many of the largest databases are asked how many tables they have. */
const DATABASES = 5;
const OLD = `interval '5 seconds'`;

const OVERALL = `
  SELECT current_setting('max_connections') AS connections,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())::text AS used,
    current_setting('max_locks_per_transaction')::int8
      * (current_setting('max_connections')::int8 + current_setting('max_prepared_transactions')::int8) AS locks,
    (SELECT count(*) FROM pg_prepared_xacts WHERE prepared < now() - ${OLD})::text AS prepared,
    (SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.granted AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND a.xact_start < now() - ${OLD})::text AS holding,
    (SELECT count(*) FROM pg_database WHERE datname <> 'template0' AND (NOT datallowconn OR datconnlimit = -2))::text AS closed,
    (SELECT string_agg(encode(textsend(datname::text), 'hex'), ' ') FROM (
       SELECT datname FROM pg_database WHERE datallowconn AND datconnlimit <> -2
       ORDER BY pg_database_size(oid) DESC LIMIT ${DATABASES}) AS largest) AS largest`;
const Overall = z.object({
  connections: count,
  used: count,
  locks: count,
  prepared: count,
  holding: count,
  closed: count,
  largest: z.string().regex(/^[0-9a-f ]{0,4096}$/),
});

/** pg_dump locks each table until it ends. */
const TABLES = `SELECT count(*)::text AS tables FROM pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384`;
const Tables = z.object({ tables: count });

/** What would keep an image of this server waiting, or fail it. `client` is a connection to it. */
export async function readSourceOrder(client: pg.Client, inDatabase: InDatabase): Promise<SourceOrder> {
  const found = await askRow(client, Overall, OVERALL);
  if (found === undefined) throw new Error('the server does not tell in what order it is');
  const { connections, used, locks, prepared, holding, closed, largest } = found;
  let tables = 0;
  for (const hex of largest.split(' ').filter((one) => one !== '')) {
    const name = RawName.of(Buffer.from(hex, 'hex').toString());
    const answer = await inDatabase(name.text, (inside) => askRow(inside, Tables, TABLES)).catch(() => undefined);
    tables = Math.max(tables, answer?.tables ?? 0);
  }
  return { freeConnections: Math.max(0, connections - used), connections, locks, tables, prepared, holding, closed };
}
