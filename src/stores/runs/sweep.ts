import { eq, sql } from 'drizzle-orm';
import { operations } from '../../../drizzle/tables/index.ts';
import { listed } from '../../../drizzle/tables/listed.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { ACTIVE_OPERATION_STATES, isTerminal } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { recordFailure } from './ending.ts';
import { WORKER_LIVE_FOR } from './workers.ts';

/** An operation that is not over. */
export interface OpenRun {
  readonly id: string;
  readonly run: number;
  readonly workflow: string;
  readonly version: string;
}

const openRun = sql`o.id, o.run, o.workflow, o.workflow_version AS version`;
const isOpen = sql`o.state IN (${sql.raw(listed(ACTIVE_OPERATION_STATES))})`;

/** Operations of the platform that are not over and that no live job of the queue will ever take up. */
export async function readForgottenRuns(
  database: Database,
  platform: string,
  queueSchema: string,
): Promise<readonly OpenRun[]> {
  const { rows } = await database.orm.execute<OpenRun & Record<string, unknown>>(sql`
    SELECT ${openRun} FROM cms.operations o
    WHERE o.platform = ${platform} AND ${isOpen} AND NOT EXISTS (
      SELECT 1 FROM ${sql.identifier(queueSchema)}.job j
      WHERE j.singleton_key = o.id || '/' || o.run AND j.state IN ('created', 'retry', 'active'))
    ORDER BY o.created_at LIMIT 1000`);
  return rows;
}

/** Operations of the platform with a workflow version that no live worker has, and that have not moved for so long. */
export async function readStrandedRuns(
  database: Database,
  platform: string,
  forMs: number,
): Promise<readonly OpenRun[]> {
  const { rows } = await database.orm.execute<OpenRun & Record<string, unknown>>(sql`
    SELECT ${openRun} FROM cms.operations o
    WHERE o.platform = ${platform} AND ${isOpen}
      AND o.updated_at < now() - ${forMs} * interval '1 millisecond' AND NOT EXISTS (
        SELECT 1 FROM cms.workers w
        WHERE w.platform = o.platform AND w.seen_at > now() - ${WORKER_LIVE_FOR}::interval
          AND w.workflows @> jsonb_build_array(jsonb_build_object('name', o.workflow, 'version', o.workflow_version)))
    ORDER BY o.created_at LIMIT 100`);
  return rows;
}

/**
 * Gives a stranded run to another version of its workflow, for compensation alone: the failure is recorded first. False
 * when it has moved on meanwhile.
 */
export async function repinStranded(tx: Transaction, stranded: OpenRun, version: string): Promise<boolean> {
  const orm = inside(tx);
  const [row] = await orm.select().from(operations).where(eq(operations.id, stranded.id)).for('update');
  if (row === undefined || isTerminal(row.state)) return false;
  if (row.run !== stranded.run || row.workflowVersion !== stranded.version) return false;
  const cause = {
    code: 'UNAVAILABLE',
    message: `No worker has version ${stranded.version} of the workflow ${stranded.workflow} any more. Retry the operation.`,
    step: null,
  };
  await recordFailure(tx, row, cause, cause);
  await orm
    .update(operations)
    .set({ workflowVersion: version, fence: row.fence + 1 })
    .where(eq(operations.id, stranded.id));
  return true;
}

/** Wakes the workers of the platform when the transaction (or statement) commits. */
export async function notifyWork(orm: Pick<Database['orm'], 'execute'>, platform: string): Promise<void> {
  await orm.execute(sql`SELECT pg_notify('toygres_work', ${platform})`);
}

/** Queues that somebody should do something about. */
export interface QueueNews {
  /** They hold a job that could be taken now, the one with the oldest first. */
  readonly busy: readonly string[];
  /** They hold a job whose worker gives no sign of life any more, or has had it for longer than it may. */
  readonly abandoned: readonly string[];
}

/** Looks at all of these queues in one query, which costs the same however many jobs wait in them. */
export async function readQueueNews(
  database: Database,
  queues: readonly string[],
  queueSchema: string,
): Promise<QueueNews> {
  const jobs = sql`${sql.identifier(queueSchema)}.job j`;
  const { rows } = await database.orm.execute<{ name: string; busy: boolean; abandoned: boolean }>(sql`
    SELECT queue.name, first.created_on IS NOT NULL AS busy, dead.found AS abandoned
    FROM unnest(${sql.param([...queues])}::text[]) AS queue (name)
    LEFT JOIN LATERAL (
      SELECT j.created_on FROM ${jobs}
      WHERE j.name = queue.name AND j.state < 'active' AND NOT j.blocked AND j.start_after <= now()
      ORDER BY j.priority DESC, j.created_on LIMIT 1) first ON true
    CROSS JOIN LATERAL (SELECT EXISTS (
      SELECT FROM ${jobs} WHERE j.name = queue.name AND j.state = 'active'
        AND (j.heartbeat_on + j.heartbeat_seconds * interval '1 second' < now()
          OR j.started_on + j.expire_seconds * interval '1 second' < now())) AS found) dead
    WHERE first.created_on IS NOT NULL OR dead.found
    ORDER BY first.created_on`);
  const named = (what: 'busy' | 'abandoned') => rows.filter((row) => row[what]).map((row) => row.name);
  return { busy: named('busy'), abandoned: named('abandoned') };
}
