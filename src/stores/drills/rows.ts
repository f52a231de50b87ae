import type { drills } from '../../../drizzle/tables/index.ts';
import type { DrillRecord } from '../../../resolvers/ports/drills.ts';

export type DrillRow = typeof drills.$inferSelect;

/** A drill as callers see it. */
export function toDrillRecord(row: DrillRow): DrillRecord {
  return {
    id: row.id,
    state: row.state,
    imageId: row.imageId,
    operationId: row.operationId,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    recoverySeconds: row.recoverySeconds,
    databasesCompared: row.databasesCompared,
    tablesCompared: row.tablesCompared,
    rowsCompared: row.rowsCompared,
    findings: row.findings,
    failure: row.failure,
  };
}
