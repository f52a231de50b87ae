import * as z from 'zod';
import { hexName, RawName } from '../../../guarded-postgres/raw-name.ts';
import type { Question } from '../../../guarded-postgres/session.ts';
import { qualified, sql } from '../../../guarded-postgres/sql.ts';
import { hexBytes } from '../../catalogue/columns.ts';
import { objectOf, writeIdentifier } from '../../load/entries/object-name.ts';
import type { TocEntry } from '../../load/toc/toc-entry.ts';
import { columnsOf } from './dumped-rows.ts';

const TableHere = z
  .tuple([hexName, hexName, hexName, hexName, z.enum(['t', 'f']), z.enum(['t', 'f']), hexBytes, hexName])
  .transform(([schema, name, rootSchema, rootName, isPartition, hasRows, condition, extension]) => ({
    schema,
    name,
    rootSchema,
    rootName,
    isPartition: isPartition === 't',
    hasRows: hasRows === 't',
    condition,
    /** Whose member it is; empty where it is of no extension. */
    extension: extension.key,
  }));
export type TableHere = z.infer<typeof TableHere>;

const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;

/** Every table with the root of its partitions and its extension, and which of its rows a dump holds where it is of an extension. */
export const TABLES_HERE: Question<TableHere> = {
  sql: `
    SELECT ${hex('n.nspname')}, ${hex('c.relname')}, ${hex('rn.nspname')}, ${hex('r.relname')}, c.relispartition, c.relkind = 'r',
      ${hex(`coalesce(x.condition, '')`)}, ${hex(`coalesce(m.extname, '')`)}
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class r ON r.oid = CASE WHEN c.relispartition THEN pg_partition_root(c.oid) ELSE c.oid END
    JOIN pg_namespace rn ON rn.oid = r.relnamespace
    LEFT JOIN (SELECT u.relation, u.condition FROM pg_extension e, unnest(e.extconfig, e.extcondition) u(relation, condition)) x
      ON x.relation = c.oid
    LEFT JOIN (SELECT d.objid, e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
               WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e') m
      ON m.objid = c.oid
    WHERE c.relkind IN ('r', 'p')`,
  row: TableHere,
  timeoutMs: null,
};

/** The rows of one table of the dump, and where the columns of the pair stand in them; null: as they are. */
export interface DumpedPart {
  readonly file: string;
  readonly arrangement: readonly number[] | null;
}

/** Rows that must be the same: of a table, or of all partitions of one, which may lie in others here. */
export interface TablePair {
  /** As PostgreSQL writes it, one byte a character. */
  readonly object: string;
  readonly parts: readonly DumpedPart[];
  /** Give the rows here, one table after the other; null where the table is not here. */
  readonly statements: readonly Buffer[] | null;
}

const keyOf = (schema: string, name: string) => `${schema}\0${name}`;
const bytes = (text: string) => Buffer.from(text, 'latin1');

/** Pairs the rows of a dump with the tables that hold them here. */
export function pairTables(entries: readonly TocEntry[], here: readonly TableHere[]): readonly TablePair[] {
  const known = new Map(here.map((table) => [keyOf(table.schema.key, table.name.key), table]));
  const groups = new Map<string, { readonly table: TableHere | null; readonly entries: TocEntry[] }>();
  for (const entry of entries) {
    if (entry.kind !== 'TABLE DATA' || entry.file === null) continue;
    const own = keyOf(entry.namespace ?? '', entry.tag);
    const table = known.get(own) ?? null;
    const key = table === null ? own : keyOf(table.rootSchema.key, table.rootName.key);
    const group = groups.get(key) ?? { table, entries: [] };
    group.entries.push(entry);
    groups.set(key, group);
  }
  const leaves = Map.groupBy(
    here.filter(({ isPartition, hasRows }) => isPartition && hasRows),
    ({ rootSchema, rootName }) => keyOf(rootSchema.key, rootName.key),
  );
  return [...groups].map(([key, { table, entries: of }]) => pair(table, of, leaves.get(key) ?? []));
}

/**
 * As pg_dump reads a table, by itself and without a plan: planning expands the expressions of its indexes, which can fail
 * under a search_path that is not the one of their making. A part of a table of an extension has no other way.
 */
function copyOut({ schema, name, condition }: TableHere, columns: readonly string[]): Buffer {
  const list = bytes(columns.join(', '));
  const target = qualified(schema, name);
  if (condition.length > 0) return sql`COPY (SELECT ${list} FROM ONLY ${target} ${condition}) TO STDOUT`;
  return columns.length === 0 ? sql`COPY ${target} TO STDOUT` : sql`COPY ${target} (${list}) TO STDOUT`;
}

function pair(table: TableHere | null, entries: readonly TocEntry[], leaves: readonly TableHere[]): TablePair {
  const [first] = entries;
  if (first === undefined) throw new Error('a group of tables has none');
  const columns = columnsOf(first);
  const parts = entries.map((entry) => ({ file: entry.file ?? '', arrangement: arrangementOf(columns, entry) }));
  if (table === null) return { object: objectOf(first), parts, statements: null };
  if (!table.isPartition) return { object: objectOf(first), parts, statements: [copyOut(table, columns)] };
  return {
    object: [table.rootSchema, table.rootName].map(({ key }) => writeIdentifier(key)).join('.'),
    parts,
    statements: leaves.map((leaf) => copyOut(leaf, columns)),
  };
}

function arrangementOf(columns: readonly string[], entry: TocEntry): readonly number[] | null {
  const own = columnsOf(entry);
  if (own.length === columns.length && own.every((column, index) => column === columns[index])) return null;
  return columns.map((column) => own.indexOf(column));
}

/** A name of the dump as the server takes it. */
export function nameHere({ namespace, tag }: Pick<TocEntry, 'namespace' | 'tag'>): Buffer {
  return qualified(...[namespace, tag].flatMap((name) => (name === null ? [] : [RawName.of(bytes(name))])));
}
