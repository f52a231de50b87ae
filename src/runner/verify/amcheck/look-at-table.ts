import * as z from 'zod';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import { sql } from '../../../guarded-postgres/sql.ts';
import { words } from '../../catalogue/columns.ts';
import { damaged, leftOutCheck, saysDamage } from '../damage.ts';
import { look } from './look.ts';

const Damage = z.tuple([
  z
    .string()
    .regex(/^\d{1,10}$/)
    .nullable(),
  words.nullable(),
]);
const REMEDY =
  'Take a LOGICAL image, which fails where rows cannot be read; until another image has passed, keep older ones.';

export interface TableToLookAt {
  readonly oid: number;
  /** As people read it. */
  readonly name: string;
  /** Whether what is stored apart of it is looked for as well. */
  readonly withToast: boolean;
}

/** Looks through every page and row of one table. Null where it is sound: a check that was not made to its end is a finding. */
export async function lookAtTable(
  session: Session,
  at: Buffer,
  { oid, name, withToast }: TableToLookAt,
  database: string,
): Promise<Finding | null> {
  const about = (message: string) => ({ database, object: name, message, remedy: REMEDY });
  const found = await look(session, {
    sql: sql`
      SELECT blkno::text, msg FROM ${at}.verify_heapam(relation => ${String(oid)}, on_error_stop => true,
        check_toast => ${String(withToast)}) LIMIT 1`,
    row: Damage,
  });
  if (found instanceof ServerError) {
    if (saysDamage(found)) return damaged(about(`table ${name} is damaged: ${found.words}`));
    return leftOutCheck('CRITICAL', about(`table ${name} could not be looked through: ${found.words}`));
  }
  const [damage] = found;
  if (damage === undefined) return null;
  const [block, said] = damage;
  return damaged(about(`table ${name} is damaged: block ${block ?? 'unknown'}: ${said ?? 'amcheck does not say how'}`));
}
