import { and, eq, type SQL } from 'drizzle-orm';
import { images, instances, operations } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { notFound } from '../../../resolvers/ids.ts';
import { isEverything, type Scope } from '../../../schema/rules/scope-rules.ts';
import { inside } from '../../db/database.ts';
import { imagesWithin, instancesWithin, operationsWithin } from './scope.ts';

/** A record that is to be worked on. */
export interface ScopedTarget {
  readonly noun: 'instance' | 'image' | 'operation';
  readonly id: string;
  /** The field of the input that named it. */
  readonly field: string;
}

const TABLES = {
  instance: { table: instances, within: instancesWithin },
  image: { table: images, within: imagesWithin },
  operation: { table: operations, within: operationsWithin },
} satisfies Record<ScopedTarget['noun'], { table: unknown; within: (scope: Scope) => SQL | undefined }>;

/** NOT_FOUND unless the record is within the scope as it stands in this transaction. */
export async function requireWithin(tx: Transaction, scope: Scope, { noun, id, field }: ScopedTarget): Promise<void> {
  if (isEverything(scope)) return;
  const { table, within } = TABLES[noun];
  const [row] = await inside(tx)
    .select({ id: table.id })
    .from(table)
    .where(and(eq(table.id, id), within(scope)));
  if (row === undefined) throw notFound(noun, field);
}
