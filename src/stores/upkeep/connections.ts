import { and, eq, inArray, isNotNull, or, sql } from 'drizzle-orm';
import { instances } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** The instances of a platform whose programs are to find how to connect, or are to find it no more. One statement. */
export async function readConnectionsToTell({ orm }: Database, platform: string) {
  return answered(
    orm
      .select({
        id: instances.id,
        state: sql<'RUNNING' | 'STOPPED'>`${instances.state}`,
        connectionSecret: instances.connectionSecret,
        encryptedOwnerPassword: instances.encryptedOwnerPassword,
        endpoint: instances.endpoint,
      })
      .from(instances)
      .where(
        and(
          eq(instances.platform, platform),
          isNotNull(instances.connectionSecret),
          or(
            eq(instances.state, 'RUNNING'),
            and(eq(instances.state, 'STOPPED'), eq(instances.connectionSecret, 'GOING')),
          ),
        ),
      )
      .orderBy(instances.id),
  );
}

/** Records that programs find it no more. */
export async function forgetConnection(tx: Transaction, id: string): Promise<void> {
  await inside(tx)
    .update(instances)
    .set({ connectionSecret: null })
    .where(and(eq(instances.id, id), inArray(instances.connectionSecret, ['GOING'])));
}
