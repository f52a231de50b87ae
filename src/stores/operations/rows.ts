import { getTableColumns } from 'drizzle-orm';
import { operationSteps, operations } from '../../../drizzle/tables/index.ts';
import { BRIEF_OPERATION } from '../../../resolvers/ports/brief.ts';
import type { OperationRecord, WeighedStep } from '../../../resolvers/ports/records.ts';
import { createBriefRows } from '../lists/brief-rows.ts';

const { id, kind, workflow, workflowVersion, platform, state, percent, run, instanceId, imageId } =
  getTableColumns(operations);
const { requestedBy, actorKind, actorId, cancelledByKind, cancelledById, cancelledByName } =
  getTableColumns(operations);
const { failure, revision, createdAt, startedAt, finishedAt } = getTableColumns(operations);
const { result: _result, ...readableStep } = getTableColumns(operationSteps);

/** What every read of operations selects: nothing of what only the engine needs. */
export const operationColumns = {
  id,
  kind,
  workflow,
  workflowVersion,
  platform,
  state,
  percent,
  run,
  instanceId,
  imageId,
  requestedBy,
  actorKind,
  actorId,
  cancelledByKind,
  cancelledById,
  cancelledByName,
  failure,
  revision,
  createdAt,
  startedAt,
  finishedAt,
};

/** What is read of operations where nothing else is asked for. */
export const briefOperations = createBriefRows<OperationRecord, typeof operationColumns>(
  operationColumns,
  BRIEF_OPERATION,
  ['actor', 'cancelledBy'],
);

/** A row as read with `operationColumns`. */
export type OperationRow = Pick<typeof operations.$inferSelect, keyof typeof operationColumns>;

/** What every read of steps selects: all but their stored results. */
export const stepColumns = readableStep;

/** A row as read with `stepColumns`. */
export type StepRow = Omit<typeof operationSteps.$inferSelect, 'result'>;

/** An operation as the rest of the house knows it. */
export function toOperationRecord(row: OperationRow): OperationRecord {
  return {
    id: row.id,
    kind: row.kind,
    workflow: row.workflow,
    workflowVersion: row.workflowVersion,
    platform: row.platform,
    state: row.state,
    percent: row.percent,
    run: row.run,
    instanceId: row.instanceId,
    imageId: row.imageId,
    requestedBy: row.requestedBy,
    actor: { kind: row.actorKind, id: row.actorId, name: row.requestedBy },
    cancelledBy:
      row.cancelledByKind === null || row.cancelledByName === null
        ? null
        : { kind: row.cancelledByKind, id: row.cancelledById, name: row.cancelledByName },
    failure: row.failure,
    revision: row.revision,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

/** A step as the rest of the house knows it. */
export function toStepRecord(row: StepRow): WeighedStep {
  return {
    weight: row.weight,
    position: row.position,
    name: row.name,
    state: row.state,
    attempt: row.attempt,
    progress: row.progress,
    failure: row.failure,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}
