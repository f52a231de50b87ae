import { inArray, sql } from 'drizzle-orm';
import { operations } from '../../../drizzle/tables/index.ts';
import type { StoredStep } from '../../../drizzle/tables/operations.ts';
import type { OperationEventRecord, StepRecord } from '../../../resolvers/ports/records.ts';
import type { OperationState } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';

/** The events after a cursor, with where the operation stood when they were read. */
export interface EventPage {
  readonly state: OperationState;
  /** The number of its last event. */
  readonly last: number;
  /** In order; fewer than the limit when there are no more. */
  readonly events: readonly OperationEventRecord[];
}

interface Row extends Record<string, unknown> {
  readonly op_state: OperationState;
  readonly last: number;
  /** Null when there is no event after the cursor. */
  readonly sequence: number | null;
  readonly at: string;
  readonly state: OperationState;
  readonly percent: number;
  readonly step: StoredStep | null;
}

/** Events and operation as of one moment; null for an unknown operation. */
export async function readEvents(
  database: Database,
  operationId: string,
  after: number,
  limit: number,
): Promise<EventPage | null> {
  const { rows } = await database.orm.execute<Row>(sql`
    SELECT o.state AS op_state, o.sequence AS last, e.sequence, e.at, e.state, e.percent, e.step
    FROM cms.operations o LEFT JOIN LATERAL (
      SELECT * FROM cms.operation_events WHERE operation_id = o.id AND sequence > ${after}
      ORDER BY sequence LIMIT ${limit}
    ) e ON true
    WHERE o.id = ${operationId} ORDER BY e.sequence`);
  const [first] = rows;
  if (first === undefined) return null;
  const events = rows.flatMap((row) => (row.sequence === null ? [] : [toEvent(operationId, row, row.sequence)]));
  return { state: first.op_state, last: first.last, events };
}

function toEvent(operationId: string, row: Row, sequence: number): OperationEventRecord {
  const { state, percent, step } = row;
  return { operationId, sequence, at: new Date(row.at), state, percent, step: step === null ? null : toStep(step) };
}

function toStep(step: StoredStep): StepRecord {
  return { ...step, startedAt: toDate(step.startedAt), finishedAt: toDate(step.finishedAt) };
}

const toDate = (text: string | null) => (text === null ? null : new Date(text));

/** The number of the last event of each of them. */
export async function readLastSequences(
  database: Database,
  operationIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (operationIds.length === 0) return new Map();
  const rows = await database.orm
    .select({ id: operations.id, sequence: operations.sequence })
    .from(operations)
    .where(inArray(operations.id, [...operationIds]));
  return new Map(rows.map((row) => [row.id, row.sequence]));
}
