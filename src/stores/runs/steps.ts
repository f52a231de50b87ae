import { type SQL, sql } from 'drizzle-orm';
import type { StoredFailure, StoredProgress } from '../../../drizzle/tables/shapes.ts';
import type { Json } from '../../../jobs/ports/json.ts';
import type { OperationState, StepState } from '../../../schema/states.ts';
import type { Database, OrmTransaction } from '../../db/database.ts';
import { stepOfEvent } from '../operations/event-sql.ts';
import { type Prepared, prepareStatement } from '../prepared.ts';
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

type Kind = StepWrite['kind'];
interface Written extends Record<string, unknown> {
  readonly sequence: number;
  readonly state: OperationState;
}

/** What stands in a place of the statement: a value, or the place of one. */
type Place = (name: keyof ReturnType<typeof valuesOf>) => unknown;

function valuesOf(by: Attempt, write: StepWrite) {
  return {
    id: by.id,
    fence: by.fence,
    position: write.position,
    attempt: write.attempt,
    percent: write.percent,
    progress: jsonParameter(write.progress ?? undefined),
    result: jsonParameter(write.result),
    failure: write.failure === null ? null : jsonParameter(storableFailure(write.failure)),
  };
}

function buildChange(kind: Kind, at: Place): SQL {
  const state: StepState = kind === 'succeed' ? 'SUCCEEDED' : 'RUNNING';
  return sql`
    WITH op AS (
      UPDATE cms.operations o SET sequence = o.sequence + 1, percent = greatest(o.percent, ${at('percent')}::float8)
      FROM cms.operation_steps was
      WHERE o.id = ${at('id')} AND o.fence = ${at('fence')} AND ${operationGuard(kind)}
        AND was.operation_id = o.id AND was.position = ${at('position')} AND ${stepGuard(kind, at)}
      RETURNING o.sequence, o.state, o.percent
    ), s AS (
      UPDATE cms.operation_steps t
      SET state = '${sql.raw(state)}', attempt = ${at('attempt')}, progress = ${at('progress')}::jsonb,
        result = ${at('result')}::jsonb, failure = ${at('failure')}::jsonb,
        started_at = coalesce(t.started_at, clock_timestamp()),
        finished_at = ${kind === 'succeed' ? sql`clock_timestamp()` : sql`NULL`}
      FROM op WHERE t.operation_id = ${at('id')} AND t.position = ${at('position')} RETURNING t.*
    ), event AS (
      INSERT INTO cms.operation_events (operation_id, sequence, at, state, percent, step)
      SELECT ${at('id')}::uuid, op.sequence, clock_timestamp(), op.state, op.percent, ${stepOfEvent} FROM op, s
    )
    SELECT sequence, state, ${toldAfterwards} AS told FROM op`;
}

const prepared = new WeakMap<Database, Map<Kind, Prepared<Written>>>();

function preparedChange(database: Database, kind: Kind): Prepared<Written> {
  const ofDatabase = prepared.get(database) ?? new Map<Kind, Prepared<Written>>();
  prepared.set(database, ofDatabase);
  const change = ofDatabase.get(kind) ?? prepareStatement<Written>(database, buildChange(kind, sql.placeholder));
  ofDatabase.set(kind, change);
  return change;
}

/**
 * Changes one step, the operation's percent and sequence, and writes the event, in one statement: all of it or nothing.
 * Nothing is written with a fence that is not the newest. The same write again (after a commit whose answer was lost) is
 * WRITTEN and adds nothing. Nobody is notified: the caller gives the hint once it has committed.
 */
export async function writeStep(database: Database, by: Attempt, write: StepWrite): Promise<WriteOutcome> {
  // Most of what a worker has the database do: its words are built, and understood by each connection, once.
  const [row] = await preparedChange(database, write.kind)(valuesOf(by, write));
  return row === undefined ? explainRefusal(database.orm, by, write) : written(row);
}

/** The same in a transaction. */
export async function writeStepInside(tx: OrmTransaction, by: Attempt, write: StepWrite): Promise<WriteOutcome> {
  const values = valuesOf(by, write);
  const { rows } = await tx.execute<Written>(buildChange(write.kind, (name) => sql.param(values[name])));
  const [row] = rows;
  return row === undefined ? explainRefusal(tx, by, write) : written(row);
}

const written = ({ sequence, state }: Written): WriteOutcome => ({ kind: 'written', sequence, state });

/** Nothing begins once a cancellation was asked for; what has been done by then is still recorded. */
function operationGuard(kind: Kind): SQL {
  return kind === 'begin' ? sql`o.state = 'RUNNING'` : sql`o.state IN ('RUNNING', 'CANCELLING')`;
}

function stepGuard(kind: Kind, at: Place): SQL {
  return kind === 'begin'
    ? sql`was.state <> 'SUCCEEDED' AND was.attempt < ${at('attempt')}`
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
