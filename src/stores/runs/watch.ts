import { inArray } from 'drizzle-orm';
import { operations } from '../../../drizzle/tables/index.ts';
import type { OperationState } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';

/** Where an operation stands, as far as the worker that has it in hand must know. */
export interface RunStanding {
  readonly id: string;
  readonly state: OperationState;
  readonly fence: number;
}

/** Looks at all of them in one query. */
export async function readStandings(database: Database, ids: readonly string[]): Promise<readonly RunStanding[]> {
  if (ids.length === 0) return [];
  return database.orm
    .select({ id: operations.id, state: operations.state, fence: operations.fence })
    .from(operations)
    .where(inArray(operations.id, [...ids]));
}
