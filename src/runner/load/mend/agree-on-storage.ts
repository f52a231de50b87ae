import * as z from 'zod';
import type { LoadSession } from '../load-session.ts';
import type { Task } from '../task.ts';
import { hex, name } from './catalogue.ts';

const DATATYPE_MISMATCH = '42804';
const IDENTIFIER = String.raw`(?:"(?:[^"]|"")*"|[^\s",.()]+)`;
const PARENTS = new RegExp(
  String.raw`\nINHERITS \((${IDENTIFIER}\.${IDENTIFIER}(?:, ${IDENTIFIER}\.${IDENTIFIER})*)\)`,
);

/** Columns that several of these tables have and keep by other means than the first of them: how they are to be, and how they are. */
const differing = (tables: readonly string[]) => {
  const list = tables.map((table) => `'${table.replaceAll("'", "''")}'::pg_catalog.regclass`).join(', ');
  const words = (
    of: string,
  ) => `pg_catalog.concat('SET STORAGE ', CASE ${of}.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
      WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END, ', ALTER COLUMN ', pg_catalog.quote_ident(a.attname), ' SET COMPRESSION ',
      CASE ${of}.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' ELSE 'DEFAULT' END)`;
  const alter = (of: string) =>
    hex(
      `pg_catalog.format('ALTER TABLE ONLY %s ALTER COLUMN %I %s', a.attrelid::pg_catalog.regclass, a.attname, ${words(of)})`,
    );
  return `SELECT ${alter('o')}, ${alter('a')} FROM pg_catalog.pg_attribute a
    CROSS JOIN LATERAL (SELECT f.* FROM pg_catalog.pg_attribute f WHERE f.attrelid IN (${list}) AND f.attname = a.attname AND NOT f.attisdropped
      ORDER BY f.attrelid LIMIT 1) o
    WHERE a.attrelid IN (${list}) AND a.attnum > 0 AND NOT a.attisdropped
      AND (a.attstorage, a.attcompression) <> (o.attstorage, o.attcompression)`;
};

/**
 * Makes a table whose parents do not agree on how to keep a column, which can come about but not be made: they agree for as long
 * as it takes. True where it is made; the parents are as they were.
 */
export async function agreeOnStorage(session: LoadSession, task: Task): Promise<boolean> {
  const { entry, failure } = task;
  const parents = PARENTS.exec(entry.define)?.[1];
  if (entry.kind !== 'TABLE' || failure?.code !== DATATYPE_MISMATCH || parents === undefined) return false;
  const tables = parents.match(new RegExp(`${IDENTIFIER}\\.${IDENTIFIER}`, 'g')) ?? [];
  await session.usePath('');
  const columns = await session.session.ask({
    sql: Buffer.from(differing(tables), 'latin1'),
    row: z.tuple([name, name]),
  });
  if (columns.length === 0) return false;
  const [define, ...rest] = task.left;
  const statements = [
    ...columns.map(([alike]) => alike),
    define?.sql.replace(/;\s*$/, '') ?? '',
    ...columns.map(([, own]) => own),
  ];
  if ((await session.attempt(`${statements.join(';\n')};`)) !== null) return false;
  task.left = rest;
  return session.perform(task);
}
