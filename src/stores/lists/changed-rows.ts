import { inArray, sql } from 'drizzle-orm';
import { images, instances, operations } from '../../../drizzle/tables/index.ts';
import type { ImageRecord, InstanceRecord } from '../../../jobs/ports/records.ts';
import type { OperationRecord } from '../../../resolvers/ports/records.ts';
import type { Database } from '../../db/database.ts';
import { imageColumns, toImageRecord } from '../images/rows.ts';
import { instanceColumns, toInstanceRecord } from '../instances/rows.ts';
import { operationColumns, toOperationRecord } from '../operations/rows.ts';
import { readSnapshot, type Snapshot } from './change-feed.ts';

/** A row that has changed, and to which revision. */
export interface Change {
  readonly id: string;
  readonly revision: number;
}

/** The rows of one noun as those who follow them need them. */
export interface ChangedRows<T> {
  readByIds(ids: readonly string[]): Promise<readonly T[]>;
  /** What is committed by now. */
  readMoment(): Promise<Snapshot>;
  /** What was committed since a moment, in the order of changes, and the present one. */
  readSince(moment: Snapshot): Promise<ChangesSince>;
}

export interface ChangesSince {
  readonly moment: Snapshot;
  readonly changes: readonly Change[];
}

type Looks = Pick<ChangedRows<never>, 'readMoment' | 'readSince'>;

function looksAt(database: Database, noun: 'instance' | 'image' | 'operation'): Looks {
  return {
    readMoment: () => readSnapshot(database),
    async readSince(moment) {
      const { rows } = await database.orm.execute<{ now: string; id: string | null; revision: string }>(sql`
        SELECT pg_current_snapshot()::text AS now, n.id, n.revision
        FROM (SELECT 1) one LEFT JOIN (
          SELECT c.id, r.revision, c.xid, c.position
          FROM cms.changes c JOIN cms.${sql.identifier(`${noun}s`)} r ON r.id = c.id
          WHERE c.noun = ${noun} AND c.xid >= pg_snapshot_xmin(${moment}::pg_snapshot)
            AND NOT pg_visible_in_snapshot(c.xid, ${moment}::pg_snapshot)
        ) n ON true ORDER BY n.xid, n.position`);
      const changes = rows.flatMap(({ id, revision }) => (id === null ? [] : [{ id, revision: Number(revision) }]));
      return { moment: rows[0]?.now ?? moment, changes };
    },
  };
}

export function createChangedInstances(database: Database): ChangedRows<InstanceRecord> {
  return {
    ...looksAt(database, 'instance'),
    async readByIds(ids) {
      const rows = await database.orm
        .select(instanceColumns)
        .from(instances)
        .where(inArray(instances.id, [...ids]));
      return rows.map(toInstanceRecord);
    },
  };
}

export function createChangedImages(database: Database): ChangedRows<ImageRecord> {
  return {
    ...looksAt(database, 'image'),
    async readByIds(ids) {
      const rows = await database.orm
        .select(imageColumns)
        .from(images)
        .where(inArray(images.id, [...ids]));
      return rows.map(toImageRecord);
    },
  };
}

export function createChangedOperations(database: Database): ChangedRows<OperationRecord> {
  return {
    ...looksAt(database, 'operation'),
    async readByIds(ids) {
      const rows = await database.orm
        .select(operationColumns)
        .from(operations)
        .where(inArray(operations.id, [...ids]));
      return rows.map(toOperationRecord);
    },
  };
}
