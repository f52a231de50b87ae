import { z } from 'zod';
import type { Session } from '../../guarded-postgres/session.ts';
import { hexBytes } from '../catalogue/columns.ts';
import type { Meaning } from './database-facts.ts';

/** The first number that objects of users have: what is below it means the same everywhere. */
const FIRST_OF_USERS = 16384;
const word = hexBytes.transform((bytes) => bytes.toString('latin1'));
const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;

/** Stored parse trees by where they stand: what they are of, their schema and name, and the tree. */
const TREES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS object, n.nspname::text AS schema, c.relname::text AS name, r.ev_action::text AS tree
  FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE r.oid >= ${FIRST_OF_USERS}
  UNION ALL
  SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname), n.nspname::text, c.relname::text, d.adbin::text
  FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  UNION ALL
  SELECT format('%I on %I.%I', o.conname, n.nspname, c.relname), n.nspname::text, c.relname::text, o.conbin::text
  FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE o.conbin IS NOT NULL
  UNION ALL
  SELECT format('%I.%I', n.nspname, c.relname), n.nspname::text, c.relname::text,
    coalesce(i.indexprs::text, '') || coalesce(i.indpred::text, '')
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
  UNION ALL
  SELECT format('%I on %I.%I', p.polname, n.nspname, c.relname), n.nspname::text, c.relname::text,
    coalesce(p.polqual::text, '') || coalesce(p.polwithcheck::text, '')
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  UNION ALL
  SELECT p.oid::regprocedure::text, n.nspname::text, p.proname::text, p.prosqlbody::text
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosqlbody IS NOT NULL AND p.oid >= ${FIRST_OF_USERS}`;

/** Operators by `opno`, `eqop` and `sortop`, functions by the others; what an operator calls is told by the operator. */
const USED = `regexp_matches(t.tree, ':(opno|eqop|sortop|funcid|aggfnoid|winfnoid) ([0-9]+)', 'g')`;

const Row = z
  .tuple([word, word, word, word])
  .transform(([object, schema, name, uses]) => ({ object, schema, name, uses }));

/**
 * What each stored definition uses, in the order of its tree; those alone that use something of a user or an extension, or
 * those of these objects, one byte a character. Asked with a search_path of pg_catalog or none.
 */
export async function readMeanings(session: Session, ofThese: ReadonlySet<string> | null = null): Promise<Meaning[]> {
  const rows = await session.ask({
    sql: `
      WITH trees AS MATERIALIZED (${TREES}), used AS (
        SELECT t.object, t.schema, t.name, m.match[1] AS kind, m.match[2]::oid AS id, m.nth
        FROM trees t CROSS JOIN LATERAL (SELECT match, nth FROM ${USED} WITH ORDINALITY AS x(match, nth)) AS m
        WHERE m.match[2] <> '0'
      )
      SELECT ${hex('object')}, ${hex('schema')}, ${hex('name')}, ${hex(`string_agg(CASE WHEN kind IN ('opno', 'eqop', 'sortop')
        THEN id::regoperator::text ELSE id::regprocedure::text END, E'\\n' ORDER BY nth)`)}
      FROM used GROUP BY object, schema, name
      ${ofThese === null ? `HAVING bool_or(id >= ${FIRST_OF_USERS})` : ''}
      ORDER BY object`,
    row: Row,
    timeoutMs: null,
  });
  return rows
    .filter(({ object }) => ofThese?.has(object) ?? true)
    .map(({ uses, ...rest }) => ({ ...rest, uses: uses.split('\n') }));
}
