import * as z from 'zod';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import { sql } from '../../../guarded-postgres/sql.ts';
import { damaged, leftOutCheck, saysDamage } from '../damage.ts';
import { readNaturalPaths, useUntilEnd } from '../natural-paths.ts';
import { look } from './look.ts';

const NOTHING = z.tuple([z.literal('')]);

export interface IndexToLookAt {
  readonly oid: number;
  /** As people read it. */
  readonly name: string;
}

/**
 * Has the functions that an index calls find what they call by the path that is set, until the part of the transaction ends.
 * Since 15.19, and other versions of the same age, amcheck calls them with pg_catalog alone (release notes of PostgreSQL), and a
 * path of their own still counts.
 */
const keepPath = (index: number) => sql`
  DO $$ DECLARE called record; BEGIN
    FOR called IN
      SELECT f.oid::regprocedure AS name FROM pg_proc f
      WHERE f.prokind = 'f' AND NOT EXISTS (SELECT FROM unnest(f.proconfig) s WHERE s LIKE 'search_path=%') AND f.oid IN (
        SELECT coalesce(o.oprcode, d.refobjid) FROM pg_depend d
        LEFT JOIN pg_operator o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = ${String(index)}
          AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass))
    LOOP
      EXECUTE format('ALTER FUNCTION %s SET search_path FROM CURRENT', called.name);
    END LOOP;
  END $$`;

/**
 * Looks through one B-tree; `withRows`: and for every row of its table in it, for which its expressions are worked out. Those
 * of a user may find what they call by search_path: the ones of the database are tried too. Null where it is sound; `isLooked`:
 * whether its pages were looked through.
 */
export async function lookAtIndex(
  session: Session,
  at: Buffer,
  { oid, name }: IndexToLookAt,
  { database, withRows }: { readonly database: string; readonly withRows: boolean },
): Promise<{ readonly isLooked: boolean; readonly finding: Finding | null }> {
  const check = (rows: boolean) => ({
    sql: sql`SELECT ${at}.bt_index_check(${String(oid)}, ${String(rows)})`,
    row: NOTHING,
  });
  const about = (message: string) => ({ database, object: name, message, remedy: `REINDEX INDEX ${name};` });
  const isDamaged = (refusal: ServerError) => ({
    isLooked: true,
    finding: damaged(about(`index ${name} is damaged: ${refusal.words}`)),
  });

  const first = await look(session, check(withRows));
  if (!(first instanceof ServerError)) return { isLooked: true, finding: null };
  if (saysDamage(first)) return isDamaged(first);
  for (const path of await readNaturalPaths(session)) {
    for (const before of [useUntilEnd(path), sql`${useUntilEnd(path)}; ${keepPath(oid)}`]) {
      const again = await look(session, check(withRows), before);
      if (!(again instanceof ServerError)) return { isLooked: true, finding: null };
      if (saysDamage(again)) return isDamaged(again);
    }
  }
  const alone = withRows ? await look(session, check(false)) : first;
  if (!(alone instanceof ServerError)) {
    const message = `index ${name} was looked through, and not held against the rows of its table: ${first.words}`;
    return { isLooked: true, finding: leftOutCheck('INFO', about(message)) };
  }
  if (saysDamage(alone)) return isDamaged(alone);
  return {
    isLooked: false,
    finding: leftOutCheck('WARNING', about(`index ${name} could not be looked through: ${alone.words}`)),
  };
}
