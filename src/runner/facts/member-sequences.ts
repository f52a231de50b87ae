import * as z from 'zod';
import { hexName } from '../../guarded-postgres/raw-name.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { qualified, quoteLiteral, sql } from '../../guarded-postgres/sql.ts';
import { writeIdentifier } from '../../guarded-postgres/written-name.ts';
import { hexBytes } from '../catalogue/columns.ts';
import type { FactStatement } from './database-facts.ts';

const word = hexBytes.transform((bytes) => bytes.toString('latin1'));
const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;

/** Sequences of extensions that a dump leaves the place out of: those that their extension does not have dumped. */
const SEQUENCES = `
  SELECT ${hex('n.nspname')}, ${hex('c.relname')}, c.oid::text
  FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_extension e ON e.oid = d.refobjid
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
    AND NOT c.oid = ANY (coalesce(e.extconfig, '{}'))
  ORDER BY n.nspname, c.relname`;
const Sequence = z.tuple([hexName, hexName, z.string().regex(/^[0-9]+$/)]);

/** What ALTER SEQUENCE said of it, since it is a member. */
const OPTIONS = `CASE WHEN q.xmin <> d.xmin THEN format('ALTER SEQUENCE %s AS %s INCREMENT %s MINVALUE %s MAXVALUE %s START %s CACHE %s %s; ',
  m.place, q.seqtypid::regtype, q.seqincrement, q.seqmin, q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END) END`;
/** Another version may number more of its own rows with it: there it goes no way back. One that is not there is told as a member. */
const STATEMENT = `format('DO %L', format($body$
  DECLARE here pg_catalog.regclass := pg_catalog.to_regclass(%1$L); isSame bool; BEGIN
    IF here IS NULL THEN RETURN; END IF;
    isSame := (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = %2$L) = %3$L;
    IF isSame THEN %4$s NULL; END IF;
    IF isSame OR (SELECT coalesce((%5$s::numeric - pg_catalog.pg_sequence_last_value(here)) * seqincrement > 0, true) FROM pg_catalog.pg_sequence WHERE seqrelid = here) THEN
      PERFORM pg_catalog.setval(here, %5$s, %6$L);
    END IF;
  END $body$, m.place, e.extname, e.extversion, ${OPTIONS}, m.last_value, m.is_called))`;

/** The statements that bring such sequences to where the source has them: rows that users made with their numbers come back, too. */
export async function readMemberSequences(session: Session): Promise<FactStatement[]> {
  const statements: FactStatement[] = [];
  for (const [schema, name, oid] of await session.ask({ sql: SEQUENCES, row: Sequence, timeoutMs: null })) {
    const place = qualified(schema, name);
    const [found] = await session.ask({
      sql: sql`SELECT ${hex(STATEMENT)} FROM (SELECT ${quoteLiteral(place)} AS place, last_value, is_called FROM ${place}) m,
        pg_sequence q JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = q.seqrelid AND d.objsubid = 0
          AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid WHERE q.seqrelid = ${oid}`,
      row: z.tuple([word]),
      timeoutMs: null,
    });
    const object = [schema, name].map((one) => writeIdentifier(one).toString('latin1')).join('.');
    if (found !== undefined)
      statements.push({ stage: 'LAST', code: 'EXTENSION_OBJECT_CHANGED', object, sql: found[0] });
  }
  return statements;
}
