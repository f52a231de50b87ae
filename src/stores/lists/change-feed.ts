import { sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** A place in the order of all changes: the transaction that made one, and its place within that. */
export interface ChangePlace {
  /** A decimal number, as `position`. */
  readonly xid: string;
  readonly position: string;
}

/** What had been committed at a moment, as PostgreSQL writes it. */
export type Snapshot = string;

/** A change of a record: which, and where in the order. */
export interface FedChange extends ChangePlace {
  readonly noun: string;
  readonly id: string;
}

/** The changes after a place, in their order. */
export interface ChangePage {
  readonly changes: readonly FedChange[];
  /** What there is up to here has been read; never behind the last change of the page. */
  readonly end: ChangePlace;
  /** Nothing that can be told by now lies behind it. */
  readonly isLast: boolean;
  /** There are changes that can be told only when an earlier transaction is over. */
  readonly isHeldBack: boolean;
  /** Changes after the place were forgotten, or it is none of these records. */
  readonly isTooOld: boolean;
}

/** What was committed by now. */
export async function readSnapshot({ orm }: Database): Promise<Snapshot> {
  const { rows } = await answered(orm.execute<{ now: string }>(sql`SELECT pg_current_snapshot()::text AS now`));
  const [row] = rows;
  if (row === undefined) throw new Error('a statement that always has one row had none');
  return row.now;
}

/** The place behind which lies all that could still change before a snapshot. */
export function placeBefore(snapshot: Snapshot): ChangePlace {
  const [xmin = '0'] = snapshot.split(':');
  return behind(BigInt(xmin));
}

/** Whether a transaction had been committed, or given up, in a snapshot. */
export function isWithin(snapshot: Snapshot, xid: string): boolean {
  const [xmin = '0', xmax = '0', underWay = ''] = snapshot.split(':');
  if (BigInt(xid) < BigInt(xmin)) return true;
  return BigInt(xid) < BigInt(xmax) && !underWay.split(',').includes(xid);
}

/** Whether no transaction of a snapshot lies behind a place, so that the place alone is enough from there on. */
export function isPast(snapshot: Snapshot, { xid }: ChangePlace): boolean {
  return BigInt(xid) + 1n >= BigInt(snapshot.split(':')[1] ?? '0');
}

/** Behind every change of the transactions before this one. */
function behind(xmin: bigint): ChangePlace {
  return { xid: String(xmin - 1n), position: '9223372036854775807' };
}

interface Row extends Record<string, unknown> {
  readonly horizon: string;
  readonly xmax: string;
  readonly held: boolean;
  readonly forgotten: boolean;
  readonly noun: string | null;
  readonly id: string;
  readonly xid: string;
  readonly position: string;
}

/**
 * The number of the earliest transaction under way, or of the next one: what has a smaller number is over. One that holds a
 * table of another database changes nothing here and does not count.
 */
const HORIZON = sql`coalesce((
  SELECT under_way FROM pg_snapshot_xip(pg_current_snapshot()) under_way
  WHERE NOT EXISTS (SELECT FROM pg_locks number JOIN pg_locks elsewhere USING (virtualtransaction)
    WHERE number.locktype = 'transactionid' AND number.transactionid = under_way::xid
      AND number.mode = 'ExclusiveLock' AND number.granted AND elsewhere.locktype = 'relation'
      AND elsewhere.database NOT IN (SELECT 0 UNION SELECT oid FROM pg_database WHERE datname = current_database()))
  ORDER BY under_way LIMIT 1
), pg_snapshot_xmax(pg_current_snapshot()))`;

/** The place behind which lies all that is committed from now on. */
export async function readPlaceOfNow({ orm }: Database): Promise<ChangePlace> {
  const { rows } = await answered(orm.execute<{ horizon: string }>(sql`SELECT ${HORIZON}::text AS horizon`));
  const [row] = rows;
  if (row === undefined) throw new Error('a statement that always has one row had none');
  return behind(BigInt(row.horizon));
}

/**
 * The changes after a place that cannot be overtaken any more: a transaction that is still under way could commit changes
 * that belong before those of later ones, so nothing is told from its number on until it is over. One statement.
 */
export async function readChanges({ orm }: Database, after: ChangePlace, limit: number): Promise<ChangePage> {
  const place = sql`(${after.xid}::xid8, ${after.position}::bigint)`;
  const { rows } = await answered(
    orm.execute<Row>(sql`
      WITH now AS MATERIALIZED (
        SELECT pg_snapshot_xmax(pg_current_snapshot()) AS xmax, ${HORIZON} AS horizon
      )
      SELECT now.horizon::text, now.xmax::text, n.noun, n.id, n.xid::text, n.position::text,
        coalesce((SELECT c.xid FROM cms.changes c ORDER BY c.xid DESC LIMIT 1) >= now.horizon, false) AS held,
        EXISTS (SELECT FROM cms.changes_forgotten f WHERE (f.xid, f.position) > ${place}) AS forgotten
      FROM now LEFT JOIN LATERAL (
        SELECT c.noun, c.id, c.xid, c.position FROM cms.changes c
        WHERE (c.xid, c.position) > ${place} AND c.xid < now.horizon
        ORDER BY c.xid, c.position LIMIT ${limit}
      ) n ON true ORDER BY n.xid, n.position`),
  );
  const [first] = rows;
  if (first === undefined) throw new Error('a statement that always has one row had none');
  const changes = rows.flatMap(({ noun, id, xid, position }) => (noun === null ? [] : [{ noun, id, xid, position }]));
  const last = changes.length < limit ? undefined : changes.at(-1);
  const horizon = BigInt(first.horizon);
  return {
    changes,
    end: last === undefined ? behind(horizon) : { xid: last.xid, position: last.position },
    isLast: last === undefined,
    isHeldBack: first.held,
    isTooOld: first.forgotten || BigInt(after.xid) >= BigInt(first.xmax),
  };
}

/**
 * Forgets changes that are older than so many days, the oldest first, and remembers up to where. Those of transactions that
 * cannot be (the records were moved to another server, which counts anew) go at once. Answers with how many it forgot.
 */
export async function forgetChanges({ orm }: Database, days: number, batch = 5000): Promise<number> {
  const isOld = sql`c.at < now() - ${days} * interval '1 day'`;
  const { rows } = await answered(
    orm.execute<{ forgotten: number }>(sql`
      WITH edge AS MATERIALIZED (
        SELECT c.xid, c.position FROM (SELECT * FROM cms.changes ORDER BY xid, position LIMIT ${batch}) c
        WHERE ${isOld} ORDER BY c.xid DESC, c.position DESC LIMIT 1
      ), gone AS (
        DELETE FROM cms.changes WHERE ctid = ANY (ARRAY(
          SELECT c.ctid FROM cms.changes c WHERE (c.xid, c.position) <= (SELECT xid, position FROM edge) AND ${isOld}
          ORDER BY c.xid, c.position LIMIT ${batch} FOR UPDATE SKIP LOCKED)) RETURNING xid, position
      ), impossible AS (
        DELETE FROM cms.changes WHERE ctid = ANY (ARRAY(
          SELECT c.ctid FROM cms.changes c WHERE c.xid >= pg_snapshot_xmax(pg_current_snapshot())
          ORDER BY c.xid DESC LIMIT ${batch} FOR UPDATE SKIP LOCKED)) RETURNING xid
      ), kept AS (
        INSERT INTO cms.changes_forgotten AS f (one, xid, position)
        SELECT 'one', xid, position FROM gone ORDER BY xid DESC, position DESC LIMIT 1
        ON CONFLICT (one) DO UPDATE SET xid = excluded.xid, position = excluded.position
        WHERE (excluded.xid, excluded.position) > (f.xid, f.position)
      )
      SELECT (SELECT count(*) FROM gone)::integer + (SELECT count(*) FROM impossible)::integer AS forgotten`),
  );
  return rows[0]?.forgotten ?? 0;
}
