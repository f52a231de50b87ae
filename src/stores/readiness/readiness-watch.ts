import { type SQL, sql } from 'drizzle-orm';
import { READINESS_STATUSES, type ReadinessStatus } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { promises } from './promises.ts';
import { readinessRows } from './readiness.ts';

/** What the last look knows of an instance. */
interface Known {
  readonly status: ReadinessStatus;
  readonly labels: Readonly<Record<string, string>>;
  /** Of its newest image, in ms; null without one. */
  readonly takenAt: number | null;
  readonly drillAt: number | null;
  readonly recoverySeconds: number | null;
}

/** What a schedule promises at a moment. */
interface Promised {
  readonly id: string;
  readonly selector: Readonly<Record<string, string>> | null;
  readonly instanceId: string | null;
  readonly dueAt: number;
  readonly takenSince: number;
}

interface News {
  readonly xmin: string;
  readonly at: number;
  readonly promised: readonly Promised[];
  /** Instances that changed, or whose images did, since the look before; of a first look none. */
  readonly changed: readonly string[];
}

/** Looks at how well the instances of a platform could be brought back, again and again. */
export interface ReadinessWatch {
  /**
   * Touches instances whose readiness is another one than was told, so that those who follow them hear of it, and keeps how
   * many there are of each, for whoever asks until the next look. Answers with the ids of those whose readiness can have
   * changed since the look before; null: all were looked at.
   */
  look(): Promise<readonly string[] | null>;
}

/**
 * Once in a while all are looked at, whatever is said to have changed: a change that was committed in the very moment in which
 * a look wrote what it told of the same instance passes for that.
 */
const WHOLE_LOOK_MS = 600_000;

/**
 * A first look is at all that lives. Later ones are at what changed: instances with a change of their own or of an image (a
 * drill touches its image), those that a schedule names which promises something else than before, and those whose newest
 * image has become too old for one since.
 */
export function createReadinessWatch(database: Database, platform: string): ReadinessWatch {
  const known = new Map<string, Known>();
  let before: News | null = null;
  let ownXids: readonly string[] = [];
  let wholeAt = Number.NEGATIVE_INFINITY;

  async function look(): Promise<readonly string[] | null> {
    const isWhole = before === null || performance.now() - wholeAt > WHOLE_LOOK_MS;
    // While a transaction of anybody holds the moment back, what earlier looks told is still behind it.
    const since = BigInt(before?.xmin ?? 0);
    ownXids = ownXids.filter((xid) => BigInt(xid) >= since);
    const news = await readNews(database, platform, before?.xmin ?? null, ownXids);
    const ids = isWhole || before === null ? null : [...findCandidates(known, before, news)];
    const touchedBy = ids === null || ids.length > 0 ? await lookAt(ids, news.at) : null;
    if (touchedBy !== null) ownXids = [...ownXids, touchedBy];
    await keepSummary(database, platform, known);
    // Only now: what failed is looked at by the next look.
    before = news;
    if (ids === null) wholeAt = performance.now();
    return ids;
  }

  /** Answers with the transaction that touched what was told otherwise, if any was. */
  async function lookAt(ids: readonly string[] | null, now: number): Promise<string | null> {
    const condition = sql`i.platform = ${platform} AND i.state NOT IN ('DELETED', 'FAILED')
      AND ${ids === null ? sql`true` : sql`i.id = ANY(${sql.param(ids)}::uuid[])`}`;
    const { rows } = await answered(
      database.orm.execute<Looked>(sql`
        WITH ready AS MATERIALIZED (${readinessRows(condition)}), touched AS (
          UPDATE cms.instances t SET told_readiness = r.status
          FROM ready r WHERE t.id = r.id AND t.state NOT IN ('DELETED', 'FAILED')
            AND t.told_readiness IS DISTINCT FROM r.status RETURNING t.id
        )
        SELECT r.id, r.status, r.labels, r.data_age, r.drill_age, r.recovery_seconds,
          (SELECT pg_current_xact_id_if_assigned()::text FROM touched LIMIT 1) AS xid
        FROM ready r`),
    );
    if (ids === null) known.clear();
    for (const id of ids ?? []) known.delete(id);
    const ago = (seconds: number | null) => (seconds === null ? null : now - seconds * 1000);
    for (const { id, status, labels, data_age, drill_age, recovery_seconds } of rows) {
      const [takenAt, drillAt] = [ago(data_age), ago(drill_age)];
      known.set(id, { status, labels, takenAt, drillAt, recoverySeconds: recovery_seconds });
    }
    return rows[0]?.xid ?? null;
  }

  return { look };
}

interface Looked extends Record<string, unknown> {
  readonly id: string;
  readonly status: ReadinessStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly data_age: number | null;
  readonly drill_age: number | null;
  readonly recovery_seconds: number | null;
  readonly xid: string | null;
}

/**
 * A change that had not been committed at the look before has a transaction that was under way then, or a later one. Those of
 * looks themselves (`ownXids`) are no news.
 */
async function readNews(
  { orm }: Database,
  platform: string,
  since: string | null,
  ownXids: readonly string[],
): Promise<News> {
  const isNew = sql`c.xid >= ${since}::xid8 AND c.xid <> ALL(${sql.param(ownXids)}::xid8[])`;
  const changed: SQL =
    since === null
      ? sql`SELECT NULL::uuid AS id WHERE false`
      : sql`SELECT c.id FROM cms.changes c WHERE c.noun = 'instance' AND ${isNew}
          UNION SELECT (SELECT m.source_instance_id FROM cms.images m WHERE m.id = c.id)
          FROM cms.changes c WHERE c.noun = 'image' AND ${isNew}`;
  const milliseconds = (moment: string) => sql.raw(`extract(epoch FROM ${moment})::float8 * 1000`);
  const { rows } = await answered(
    orm.execute<{ news: News }>(sql`
      SELECT jsonb_build_object('xmin', pg_snapshot_xmin(pg_current_snapshot())::text,
        'at', ${milliseconds('clock_timestamp()')},
        'promised', coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'selector', p.selector,
          'instanceId', p.instance_id, 'dueAt', ${milliseconds('p.due_at')}, 'takenSince', ${milliseconds('p.taken_since')}))
          FROM (${promises}) p WHERE p.platform = ${platform}), '[]'),
        'changed', coalesce((SELECT jsonb_agg(c.id) FROM (${changed}) c WHERE c.id IS NOT NULL), '[]')) AS news`),
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a statement that always has one row had none');
  return row.news;
}

/** The instances whose readiness can be another one than it was. Pure. */
function findCandidates(known: ReadonlyMap<string, Known>, before: News, news: News): ReadonlySet<string> {
  const found = new Set(news.changed);
  const then = new Map(before.promised.map((one) => [one.id, one]));
  for (const now of news.promised) {
    const old = then.get(now.id);
    then.delete(now.id);
    const isSame = old !== undefined && old.dueAt === now.dueAt && meansSame(old, now);
    for (const [id, one] of known) {
      if (isSame && !hasBecomeOld(one, old, now)) continue;
      if (names(now, id, one) || (old !== undefined && names(old, id, one))) found.add(id);
    }
  }
  // What is promised no more.
  for (const old of then.values()) for (const [id, one] of known) if (names(old, id, one)) found.add(id);
  return found;
}

function meansSame(a: Promised, b: Promised): boolean {
  const selectors = [a, b].map(({ selector }) => JSON.stringify(Object.entries(selector ?? {}).sort()));
  return a.instanceId === b.instanceId && selectors[0] === selectors[1];
}

function names({ instanceId, selector }: Promised, id: string, { labels }: Known): boolean {
  if (instanceId !== null) return instanceId === id;
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}

/** Ages are of a moment somewhat later than the promise: a second on both sides costs nothing. */
const MARGIN_MS = 1000;

function hasBecomeOld({ takenAt }: Known, old: Promised, now: Promised): boolean {
  return takenAt !== null && takenAt >= old.takenSince - MARGIN_MS && takenAt < now.takenSince + MARGIN_MS;
}

async function keepSummary({ orm }: Database, platform: string, known: ReadonlyMap<string, Known>): Promise<void> {
  const all = [...known.values()];
  const summaries = READINESS_STATUSES.map((status) => {
    const of = all.filter((one) => one.status === status);
    const oldest = (moments: readonly (number | null)[]) => least(moments)?.toISOString() ?? null;
    const longest = of.reduce<number | null>((most, { recoverySeconds: each }) => greater(most, each), null);
    return {
      status,
      count: of.length,
      oldest_taken_at: oldest(of.map(({ takenAt }) => takenAt)),
      oldest_drill_at: oldest(of.map(({ drillAt }) => drillAt)),
      longest_recovery_seconds: longest,
    };
  });
  await answered(
    orm.execute(sql`
      INSERT INTO cms.readiness_summaries AS s
        (platform, status, count, oldest_taken_at, oldest_drill_at, longest_recovery_seconds, looked_at)
      SELECT ${platform}, n.status, n.count, n.oldest_taken_at, n.oldest_drill_at, n.longest_recovery_seconds, clock_timestamp()
      FROM jsonb_to_recordset(${JSON.stringify(summaries)}::jsonb) n(status text, count integer,
        oldest_taken_at timestamptz, oldest_drill_at timestamptz, longest_recovery_seconds float8)
      ORDER BY n.status
      ON CONFLICT (platform, status) DO UPDATE SET count = excluded.count, oldest_taken_at = excluded.oldest_taken_at,
        oldest_drill_at = excluded.oldest_drill_at, longest_recovery_seconds = excluded.longest_recovery_seconds,
        looked_at = excluded.looked_at`),
  );
}

function greater(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b > a) ? b : a;
}

function least(moments: readonly (number | null)[]): Date | null {
  const first = moments.reduce<number | null>(
    (min, each) => (each === null || (min !== null && min <= each) ? min : each),
    null,
  );
  return first === null ? null : new Date(first);
}
