import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Session } from '../../guarded-postgres/session.ts';
import { sql } from '../../guarded-postgres/sql.ts';
import { writeIdentifier, writeName, writeNames } from '../../guarded-postgres/written-name.ts';
import { readStateTables } from '../catalogue/extension-state.ts';
import type { DumpGround, SourceDatabase } from './source.ts';

const LARGEST_STATE = 2 ** 40;
const NUL = Buffer.from([0]);

function fields(...values: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat(values.flatMap((value) => [Buffer.from(value), NUL]));
}

/**
 * Saves state of extensions that pg_dump leaves out, rows of tables that belong to an extension and are not marked for
 * dumping, with the session of the dump's snapshot. `engine`: the schema of pg_durable's engine.
 */
export async function saveState(
  { attempt, directory, files }: DumpGround,
  session: Session,
  { oid, name, encoding }: SourceDatabase,
  engine: string,
): Promise<void> {
  const tables = await readStateTables(session);
  const first = tables[0];
  if (first === undefined) return;
  const place = path.join(directory, 'state', String(oid));
  await mkdir(place, { recursive: true });
  const give = (file: string) => files.give(path.join(place, file), `state/${oid}/${file}`);
  await writeFile(path.join(place, 'extension.nul'), fields(encoding, first.version, engine));
  give('extension.nul');
  const listed: Buffer[] = [];
  for (const [index, { extension, schema, table, columns }] of tables.entries()) {
    const file = `${index + 1}.copy`;
    const target = Buffer.concat([writeIdentifier(schema), Buffer.from('.'), writeIdentifier(table)]);
    const list = Buffer.concat(
      columns.flatMap((column, at) => [Buffer.from(at === 0 ? '' : ', '), writeIdentifier(column)]),
    );
    attempt.report.log(`${name.text}: saving ${writeNames(schema, table)} of extension ${writeName(extension)}`);
    const to = openSync(path.join(place, file), 'wx', 0o600);
    try {
      await session.copyOut(sql`COPY ${target} (${list}) TO STDOUT`, (chunk) => writeWhole(to, chunk), LARGEST_STATE);
    } finally {
      closeSync(to);
    }
    give(file);
    listed.push(fields(target, list, file));
  }
  await writeFile(path.join(place, 'tables.nul'), Buffer.concat(listed));
  give('tables.nul');
}

function writeWhole(to: number, chunk: Buffer): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(to, chunk, at);
}
