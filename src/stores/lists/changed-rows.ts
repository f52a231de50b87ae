import { inArray, sql } from 'drizzle-orm';
import { images, instances, operations } from '../../../drizzle/tables/index.ts';
import type { ImageRecord, InstanceRecord } from '../../../jobs/ports/records.ts';
import type { OperationRecord } from '../../../resolvers/ports/records.ts';
import type { Database } from '../../db/database.ts';
import { imageColumns, toImageRecord } from '../images/rows.ts';
import { instanceColumns, toInstanceRecord } from '../instances/rows.ts';
import { operationColumns, toOperationRecord } from '../operations/rows.ts';

/** A row that has changed, and to which revision. */
export interface Change {
  readonly id: string;
  readonly revision: number;
}

/** The rows of one noun as those who follow them need them. */
export interface ChangedRows<T> {
  readByIds(ids: readonly string[]): Promise<readonly T[]>;
  /** The present moment of the database's clock. */
  readMoment(): Promise<string>;
  /**
   * What was changed since a moment, oldest first, and the present one. `updated_at` is when a transaction began, so that
   * a look must overlap the one before; but nothing from before `floor` is answered.
   */
  readSince(moment: string, overlapSeconds: number, floor: string): Promise<ChangesSince>;
}

export interface ChangesSince {
  readonly moment: string;
  readonly changes: readonly Change[];
}

type Looks = Pick<ChangedRows<never>, 'readMoment' | 'readSince'>;

function looksAt(database: Database, table: 'instances' | 'images' | 'operations'): Looks {
  return {
    async readMoment() {
      // `updated_at` is kept in milliseconds, rounded: what is past by then must not look later than this moment.
      const { rows } = await database.orm.execute<{ now: string }>(
        sql`SELECT (date_trunc('milliseconds', clock_timestamp()) + interval '1 millisecond')::text AS now`,
      );
      return rows[0]?.now ?? '-infinity';
    },
    async readSince(moment, overlapSeconds, floor) {
      const { rows } = await database.orm.execute<{ now: string; id: string | null; revision: string }>(sql`
        SELECT clock_timestamp()::text AS now, c.id, c.revision
        FROM (SELECT 1) one LEFT JOIN (
          SELECT id, revision, updated_at FROM cms.${sql.identifier(table)}
          WHERE updated_at > greatest(${moment}::timestamptz - ${overlapSeconds} * interval '1 second', ${floor}::timestamptz)
        ) c ON true ORDER BY c.updated_at`);
      const changes = rows.flatMap(({ id, revision }) => (id === null ? [] : [{ id, revision: Number(revision) }]));
      return { moment: rows[0]?.now ?? moment, changes };
    },
  };
}

export function createChangedInstances(database: Database): ChangedRows<InstanceRecord> {
  return {
    ...looksAt(database, 'instances'),
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
    ...looksAt(database, 'images'),
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
    ...looksAt(database, 'operations'),
    async readByIds(ids) {
      const rows = await database.orm
        .select(operationColumns)
        .from(operations)
        .where(inArray(operations.id, [...ids]));
      return rows.map(toOperationRecord);
    },
  };
}
