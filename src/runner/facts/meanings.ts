import * as z from 'zod';
import type { Session } from '../../guarded-postgres/session.ts';
import { hexBytes } from '../catalogue/columns.ts';
import { EXPRESSION_TREES, FIRST_OF_USERS } from '../catalogue/expression-trees.ts';
import type { Meaning } from './database-facts.ts';

const word = hexBytes.transform((bytes) => bytes.toString('latin1'));
const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;

/** Operators by `opno`, `eqop` and `sortop`, functions by the others; what an operator calls is told by the operator. */
const USED = `regexp_matches(t.tree, ':(opno|eqop|sortop|funcid|aggfnoid|winfnoid) ([0-9]+)', 'g')`;

const Row = z
  .tuple([word, word, word, word])
  .transform(([object, schema, name, uses]) => ({ object, schema, name, uses }));

/**
 * What each stored definition uses, in the order of its trees; those alone that use something of a user or an extension, or
 * those of these objects, one byte a character. Asked with a search_path of pg_catalog or none.
 */
export async function readMeanings(session: Session, ofThese: ReadonlySet<string> | null = null): Promise<Meaning[]> {
  const rows = await session.ask({
    sql: `
      WITH trees AS MATERIALIZED (${EXPRESSION_TREES}), used AS (
        SELECT t.object, t.schema, t.name, t.part, m.match[1] AS kind, m.match[2]::oid AS id, m.nth
        FROM trees t CROSS JOIN LATERAL (SELECT match, nth FROM ${USED} WITH ORDINALITY AS x(match, nth)) AS m
        WHERE m.match[2] <> '0'
      )
      SELECT ${hex('object')}, ${hex('schema')}, ${hex('name')}, ${hex(`string_agg(CASE WHEN kind IN ('opno', 'eqop', 'sortop')
        THEN id::regoperator::text ELSE id::regprocedure::text END, E'\\n' ORDER BY part, nth)`)}
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
