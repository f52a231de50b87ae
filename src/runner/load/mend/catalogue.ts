import * as z from 'zod';
import type { Session } from '../../../guarded-postgres/session.ts';

/** A name that was asked for as `encode(textsend(name), 'hex')`, one byte a character. */
export const name = z
  .string()
  .regex(/^([0-9a-f]{2})*$/)
  .transform((hex) => Buffer.from(hex, 'hex').toString('latin1'));
/** The expression as it is asked for. */
export const hex = (expression: string) => `pg_catalog.encode(pg_catalog.textsend(${expression}), 'hex')`;

/** The text as a literal, whatever it holds. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A constraint where it was first made, as PostgreSQL writes the names and the definition. */
export interface FoundConstraint {
  /** `ALTER TABLE public.orders`, `ALTER DOMAIN public.price`. */
  readonly alter: string;
  readonly owner: string;
  readonly name: string;
  readonly definition: string;
}

const Row = z.tuple([z.enum(['TABLE', 'DOMAIN']), name, name, name]).transform(
  ([kind, owner, quoted, definition]): FoundConstraint => ({
    alter: `ALTER ${kind} ${owner}`,
    owner,
    name: quoted,
    definition,
  }),
);

/** A check of a table, or of one of those that it inherits it from. */
export async function findTableCheck(
  session: Session,
  schema: string,
  table: string,
  check: string,
): Promise<FoundConstraint | null> {
  const sql = `WITH RECURSIVE line AS (
      SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(table)}
      UNION SELECT i.inhparent FROM pg_catalog.pg_inherits i JOIN line ON line.oid = i.inhrelid)
    SELECT 'TABLE', ${hex('o.conrelid::pg_catalog.regclass::text')}, ${hex('pg_catalog.quote_ident(o.conname)')},
      ${hex('pg_catalog.pg_get_constraintdef(o.oid)')}
    FROM line JOIN pg_catalog.pg_constraint o ON o.conrelid = line.oid
    WHERE o.conname = ${literal(check)} AND o.contype = 'c' AND o.coninhcount = 0`;
  const [found] = await session.ask({ sql: Buffer.from(sql, 'latin1'), row: Row });
  return found ?? null;
}

/** The topmost table of a partition, as PostgreSQL writes it; null for a table that is none. */
export async function findRoot(session: Session, schema: string, table: string): Promise<string | null> {
  const sql = `SELECT ${hex('pg_catalog.pg_partition_root(c.oid)::pg_catalog.regclass::text')}
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(table)} AND c.relispartition`;
  const [found] = await session.ask({ sql: Buffer.from(sql, 'latin1'), row: z.tuple([name]) });
  return found?.[0] ?? null;
}

/** A check of a domain. */
export async function findDomainCheck(
  session: Session,
  schema: string,
  domain: string,
  check: string,
): Promise<FoundConstraint | null> {
  const sql = `SELECT 'DOMAIN', ${hex('o.contypid::pg_catalog.regtype::text')}, ${hex('pg_catalog.quote_ident(o.conname)')},
      ${hex('pg_catalog.pg_get_constraintdef(o.oid)')}
    FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_type t ON t.oid = o.contypid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE o.conname = ${literal(check)} AND o.contype = 'c' AND n.nspname = ${literal(schema)} AND t.typname = ${literal(domain)}`;
  const [found] = await session.ask({ sql: Buffer.from(sql, 'latin1'), row: Row });
  return found ?? null;
}

/** Whether a column is the heir of another, and so may have had less said of it on the source than a dump can say. */
export async function isInheritedColumn(
  session: Session,
  schema: string,
  table: string,
  column: string,
): Promise<boolean> {
  const sql = `SELECT 1 FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(table)} AND a.attname = ${literal(column)}
      AND a.attinhcount > 0 AND NOT c.relispartition`;
  return (await session.ask({ sql: Buffer.from(sql, 'latin1'), row: z.tuple([z.string()]) })).length > 0;
}

/** The generated columns of a table. */
export async function generatedColumns(session: Session, schema: string, table: string): Promise<string[]> {
  const sql = `SELECT ${hex('a.attname')} FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(table)} AND a.attgenerated = 's' AND NOT a.attisdropped`;
  return (await session.ask({ sql: Buffer.from(sql, 'latin1'), row: z.tuple([name]) })).map(([one]) => one);
}

/**
 * Functions of users and extensions with one of these names that have no search_path of their own, each as its schema, name
 * and arguments, written so that it is found by the empty search_path.
 */
export async function findFunctions(session: Session, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const written = `pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))`;
  const sql = `SELECT ${hex(written)} FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384 AND p.prokind IN ('f', 'w') AND p.proname IN (${names.map(literal).join(', ')})
      AND NOT EXISTS (SELECT FROM pg_catalog.unnest(p.proconfig) AS c WHERE c LIKE 'search_path=%') ORDER BY p.oid`;
  return (await session.ask({ sql: Buffer.from(sql, 'latin1'), row: z.tuple([name]) })).map(([one]) => one);
}

/** A NOT NULL of the line of a column's parents, each with a name since version 18: the eldest first. */
export async function notNullsOfParents(
  session: Session,
  schema: string,
  table: string,
  column: string,
): Promise<{ readonly owner: string; readonly name: string }[]> {
  const sql = `WITH RECURSIVE line AS (
      SELECT i.inhparent AS oid, 1 AS depth FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(table)} AND NOT c.relispartition
      UNION SELECT i.inhparent, line.depth + 1 FROM pg_catalog.pg_inherits i JOIN line ON line.oid = i.inhrelid)
    SELECT ${hex('o.conrelid::pg_catalog.regclass::text')}, ${hex('pg_catalog.quote_ident(o.conname)')}
    FROM line JOIN pg_catalog.pg_attribute a ON a.attrelid = line.oid AND a.attname = ${literal(column)}
    JOIN pg_catalog.pg_constraint o ON o.conrelid = line.oid AND o.contype = 'n' AND o.conkey = ARRAY[a.attnum] AND NOT o.connoinherit
    ORDER BY line.depth DESC`;
  return (await session.ask({ sql: Buffer.from(sql, 'latin1'), row: z.tuple([name, name]) })).map(
    ([owner, quoted]) => ({ owner, name: quoted }),
  );
}
