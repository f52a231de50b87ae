import { type SQL, sql } from 'drizzle-orm';
import type { StoredFailure, StoredProgress } from '../../../drizzle/tables/shapes.ts';
import type { Json } from '../../../jobs/ports/json.ts';
import type { OperationState, StepState } from '../../../schema/states.ts';
import type { OrmTransaction } from '../../db/database.ts';
import { stepOfEvent } from '../operations/event-sql.ts';
import { jsonParameter, storableFailure } from '../stored-text.ts';
import { toldAfterwards } from './hints.ts';

type Executor = Pick<OrmTransaction, 'execute'>;

/** Which attempt writes. */
export interface Attempt {
  readonly id: string;
  readonly run: number;
  readonly fence: number;
}

/** A step as it is to stand after the write; `begin` moves it to a new attempt, the others change a RUNNING one. */
export interface StepWrite {
  readonly kind: 'begin' | 'report' | 'succeed';
  readonly position: number;
  readonly attempt: number;
  readonly result?: Json | undefined;
  readonly progress: StoredProgress | null;
  readonly failure: StoredFailure | null;
  /** The operation's percent with it; what stands there already never falls. */
  readonly percent: number;
}

/** WRITTEN, or why not: another attempt has taken over, or the operation is being cancelled. */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly sequence: number; readonly state: OperationState }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'cancelling' };

/**
 * Changes one step, the operation's percent and sequence, and writes the event, in one statement: all of it or nothing.
 * Nothing is written with a fence that is not the newest. The same write again (after a commit whose answer was lost) is
 * WRITTEN and adds nothing. Nobody is notified: the caller gives the hint once it has committed.
 */
export async function writeStep(executor: Executor, by: Attempt, write: StepWrite): Promise<WriteOutcome> {
  const state: StepState = write.kind === 'succeed' ? 'SUCCEEDED' : 'RUNNING';
  const result = await executor.execute<{ sequence: number; state: OperationState }>(sql`
    WITH op AS (
      UPDATE cms.operations o SET sequence = o.sequence + 1, percent = greatest(o.percent, ${write.percent}::float8)
      FROM cms.operation_steps was
      WHERE o.id = ${by.id} AND o.fence = ${by.fence} AND ${operationGuard(write)}
        AND was.operation_id = o.id AND was.position = ${write.position} AND ${stepGuard(write)}
      RETURNING o.sequence, o.state, o.percent
    ), s AS (
      UPDATE cms.operation_steps t
      SET state = ${state}, attempt = ${write.attempt}, progress = ${jsonParameter(write.progress ?? undefined)}::jsonb,
        result = ${jsonParameter(write.result)}::jsonb,
        failure = ${write.failure === null ? null : jsonParameter(storableFailure(write.failure))}::jsonb,
        started_at = coalesce(t.started_at, clock_timestamp()),
        finished_at = CASE WHEN ${state}::text = 'SUCCEEDED' THEN clock_timestamp() END
      FROM op WHERE t.operation_id = ${by.id} AND t.position = ${write.position} RETURNING t.*
    ), event AS (
      INSERT INTO cms.operation_events (operation_id, sequence, at, state, percent, step)
      SELECT ${by.id}::uuid, op.sequence, clock_timestamp(), op.state, op.percent, ${stepOfEvent} FROM op, s
    )
    SELECT sequence, state, ${toldAfterwards} AS told FROM op`);
  const [row] = result.rows;
  return row === undefined
    ? explainRefusal(executor, by, write)
    : { kind: 'written', sequence: row.sequence, state: row.state };
}

/** Nothing begins once a cancellation was asked for; what has been done by then is still recorded. */
function operationGuard(write: StepWrite): SQL {
  return write.kind === 'begin' ? sql`o.state = 'RUNNING'` : sql`o.state IN ('RUNNING', 'CANCELLING')`;
}

function stepGuard(write: StepWrite): SQL {
  return write.kind === 'begin'
    ? sql`was.state <> 'SUCCEEDED' AND was.attempt < ${write.attempt}`
    : sql`was.state = 'RUNNING'`;
}

async function explainRefusal(executor: Executor, by: Attempt, write: StepWrite): Promise<WriteOutcome> {
  const { rows } = await executor.execute<{
    fence: number;
    state: OperationState;
    sequence: number;
    step: StepState;
    attempt: number;
  }>(sql`
    SELECT o.fence, o.state, o.sequence, s.state AS step, s.attempt
    FROM cms.operations o JOIN cms.operation_steps s ON s.operation_id = o.id AND s.position = ${write.position}
    WHERE o.id = ${by.id}`);
  const [now] = rows;
  if (now === undefined || now.fence !== by.fence) return { kind: 'superseded' };
  const reached =
    write.kind === 'begin' ? now.step === 'RUNNING' && now.attempt === write.attempt : now.step === 'SUCCEEDED';
  if (reached) return { kind: 'written', sequence: now.sequence, state: now.state };
  return now.state === 'CANCELLING' ? { kind: 'cancelling' } : { kind: 'superseded' };
}
