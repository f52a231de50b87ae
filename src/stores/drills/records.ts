import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { drills, images } from '../../../drizzle/tables/index.ts';
import type { DrillRecords } from '../../../jobs/ports/drill-records.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { AppError } from '../../../schema/errors.ts';
import type { FindingFacts } from '../../../schema/rules/finding-rules.ts';
import type { DrillState } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { answered } from '../answered.ts';
import { storableFailure, storableFinding } from '../stored-text.ts';

function notFound(id: string): AppError {
  return new AppError('NOT_FOUND', `There is no drill ${id}.`);
}

type Change = { [K in keyof typeof drills.$inferInsert]?: (typeof drills.$inferInsert)[K] | ReturnType<typeof sql> };

/** From one of these states, no effect when it is there already, CONFLICT from any other. */
async function move(
  tx: Transaction,
  id: string,
  from: readonly DrillState[],
  to: DrillState,
  change: Change,
): Promise<void> {
  const moved = await inside(tx)
    .update(drills)
    .set({ ...change, state: to } as Partial<typeof drills.$inferInsert>)
    .where(and(eq(drills.id, id), inArray(drills.state, [...from])))
    .returning({ id: drills.id });
  if (moved.length > 0) return;
  const [row] = await inside(tx).select({ state: drills.state }).from(drills).where(eq(drills.id, id));
  if (row === undefined) throw notFound(id);
  if (row.state === to) return;
  throw new AppError('CONFLICT', `The drill is ${row.state} and cannot become ${to}.`);
}

const NOTHING_YET = {
  finishedAt: null,
  recoverySeconds: null,
  databasesCompared: null,
  tablesCompared: null,
  rowsCompared: null,
  findings: [],
  failure: null,
};
const now = sql`clock_timestamp()`;

/** What a drill says that came to an end before, or without, anything else that says so. */
function notRestorable(message: string): FindingFacts {
  return {
    code: 'IMAGE_NOT_PROVEN',
    severity: 'CRITICAL',
    database: null,
    object: null,
    message,
    remedy:
      'Take another image of the instance and verify that. Keep this one until it has passed, and see the logs of the ' +
      'jobs of the drill.',
  };
}

/** The drills as workflows read and change them. States are checked in the statement that changes them. */
export function createDrillRecords({ orm }: Database, secrets: SecretBox): DrillRecords {
  return {
    async read(id) {
      const { imageId, platform, namespace, resourceName, state } = drills;
      const [row] = await answered(
        orm
          .select({ id: drills.id, imageId, platform, namespace, resourceName, state })
          .from(drills)
          .where(eq(drills.id, id)),
      );
      if (row === undefined) throw notFound(id);
      return row;
    },

    async readPassword(id) {
      const [row] = await answered(
        orm
          .select({ imageId: images.id, encryptedPassword: images.encryptedPassword })
          .from(drills)
          .innerJoin(images, eq(images.id, drills.imageId))
          .where(eq(drills.id, id)),
      );
      if (row === undefined) throw notFound(id);
      if (row.encryptedPassword === null) {
        throw new AppError('CONFLICT', 'The image of the drill is deleted, and its password is forgotten.');
      }
      return secrets.decrypt(row.encryptedPassword, row.imageId);
    },

    begin: (tx, id) => move(tx, id, ['RUNNING'], 'RUNNING', { ...NOTHING_YET, startedAt: now }),

    async noteRecovery(tx, id) {
      await inside(tx)
        .update(drills)
        .set({ recoverySeconds: sql`extract(epoch FROM clock_timestamp() - ${drills.startedAt})::float8` })
        .where(and(eq(drills.id, id), isNull(drills.recoverySeconds)));
    },

    noteComparison: (tx, id, { databases, tables, rows, findings }) =>
      move(tx, id, ['RUNNING'], 'RUNNING', {
        databasesCompared: databases,
        tablesCompared: tables,
        rowsCompared: rows,
        findings: findings.map(storableFinding),
      }),

    markPassed: (tx, id) => move(tx, id, ['RUNNING'], 'PASSED', { finishedAt: now, failure: null }),

    async markEnded(tx, id, failure) {
      if (failure.code === 'CANCELLED') {
        return move(tx, id, ['RUNNING'], 'CANCELLED', { finishedAt: now });
      }
      const stored = storableFailure(failure);
      const [row] = await inside(tx)
        .select({ findings: drills.findings, rows: drills.rowsCompared })
        .from(drills)
        .where(eq(drills.id, id));
      // What was compared says more than that it failed for it.
      const isSaid = row !== undefined && row.rows !== null && failure.code === 'STEP_FAILED';
      const findings = isSaid ? row.findings : [notRestorable(stored.message), ...(row?.findings ?? [])];
      return move(tx, id, ['RUNNING'], 'FAILED', { finishedAt: now, failure: stored, findings });
    },

    reopen: (tx, id) => move(tx, id, ['FAILED'], 'RUNNING', NOTHING_YET),
  };
}
