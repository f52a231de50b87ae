import * as z from 'zod';
import { hexName, type RawName } from '../../../guarded-postgres/raw-name.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import { qualified, quoteIdentifier, sql } from '../../../guarded-postgres/sql.ts';
import { oid } from '../columns.ts';
import { type LookedAt, lookAtRows } from './look-at-rows.ts';

/** A table with rows that no dump carries, or none brings back, and why, to be read behind its name. */
export interface LostRows {
  readonly schema: RawName;
  readonly name: RawName;
  readonly says: string;
  readonly remedy: string;
  /** Whether it has some, or why that is not known; never false. */
  readonly looked: LookedAt;
}

const Member = z
  .tuple([oid, hexName, hexName, hexName, z.enum(['t', 'f'])])
  .transform(([id, schema, name, extension, adopted]) => ({ id, schema, name, extension, isAdopted: adopted === 't' }));

/**
 * Tables of extensions whose rows are not dumped, with whether they are older than their membership: those somebody made, and
 * gave to the extension. Columns of the system are made with a table and never changed.
 */
const MEMBERS = `
  SELECT c.oid, encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'), encode(textsend(e.extname::text), 'hex'),
    (SELECT age(a.xmin) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = -1) > age(d.xmin)
  FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'm') JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_extension e ON e.oid = d.refobjid
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
    AND NOT c.oid = ANY (coalesce(e.extconfig, '{}')) AND e.extname <> 'pg_durable'
    AND coalesce((pg_stat_file(pg_relation_filepath(c.oid), true)).size, 0) > 0
  ORDER BY n.nspname, c.relname`;

const Ambiguous = z
  .tuple([hexName, hexName, hexName, z.enum(['pg_proc', 'pg_operator'])])
  .transform(([schema, name, column, catalogue]) => ({ schema, name, column, catalogue }));
const AMBIGUOUS = `
  SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'), encode(textsend(a.attname::text), 'hex'),
    CASE a.atttypid WHEN 'regproc'::regtype THEN 'pg_proc' ELSE 'pg_operator' END
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.oid >= 16384 JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE a.atttypid IN ('regproc'::regtype, 'regoper'::regtype) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY n.nspname, c.relname, a.attnum`;
const COLUMNS = {
  pg_proc: { name: 'proname', space: 'pronamespace', better: 'regprocedure' },
  pg_operator: { name: 'oprname', space: 'oprnamespace', better: 'regoperator' },
} as const;

/** Rows that are known not to come back from a logical image. A look of some seconds at most for each table that may have some. */
export async function findLostRows(session: Session): Promise<readonly LostRows[]> {
  const found: LostRows[] = [];
  for (const { id, schema, name, extension, isAdopted } of await session.ask({ sql: MEMBERS, row: Member })) {
    const table = qualified(schema, name);
    // The script of the extension brings its own rows again: they are as old as what it made, or older on a server of a newer major.
    const ofUsers = sql`age(t.xmin) BETWEEN 0 AND (SELECT age(xmin) - 1 FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = ${String(id)} AND deptype = 'e')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.xmin = t.xmin)
      AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.xmin = t.xmin)`;
    const question = sql`SELECT EXISTS (SELECT FROM ONLY ${table} t WHERE ${isAdopted ? 'true' : ofUsers})`;
    const looked = await lookAtRows(session, question);
    if (looked === false) continue;
    const of = extension.text;
    found.push({
      schema,
      name,
      looked,
      says: isAdopted
        ? `was given to extension ${of}, whose members no dump carries: neither it nor its rows are in the image`
        : `belongs to extension ${of}, which does not have it dumped: rows that users made or changed are not in the image`,
      remedy: isAdopted
        ? 'Take it from the extension with ALTER EXTENSION ... DROP TABLE, then take the image again, or take a PHYSICAL image.'
        : 'Take a PHYSICAL image, which carries them.',
    });
  }
  for (const { schema, name, column, catalogue } of await session.ask({ sql: AMBIGUOUS, row: Ambiguous })) {
    const { name: own, space, better } = COLUMNS[catalogue];
    const question = sql`SELECT EXISTS (SELECT FROM ONLY ${qualified(schema, name)} t JOIN ${catalogue} p ON p.oid = t.${quoteIdentifier(column)}
      WHERE EXISTS (SELECT FROM ${catalogue} q WHERE q.${own} = p.${own} AND q.${space} = p.${space} AND q.oid <> p.oid))`;
    const looked = await lookAtRows(session, question);
    if (looked === false) continue;
    found.push({
      schema,
      name,
      looked,
      says: 'has a name in a column of type regproc or regoper that several functions or operators have: a dump writes it without what tells them apart, and no restore reads it',
      remedy: `Give the column the type ${better}, or take a PHYSICAL image.`,
    });
  }
  return found;
}
