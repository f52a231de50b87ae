import { drills } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { inside } from '../../db/database.ts';

/** What a new drill is recorded with; it begins RUNNING. */
export type NewDrill = Required<
  Pick<
    typeof drills.$inferInsert,
    'id' | 'imageId' | 'sourceInstanceId' | 'operationId' | 'platform' | 'namespace' | 'resourceName'
  >
>;

/** Records a drill, in the transaction of the operation that does it. */
export async function insertDrill(tx: Transaction, drill: NewDrill): Promise<void> {
  await inside(tx).insert(drills).values(drill);
}
