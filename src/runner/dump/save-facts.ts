import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Session } from '../../guarded-postgres/session.ts';
import { writeDatabaseFacts } from '../facts/database-facts.ts';
import { readDatabaseFacts } from '../facts/read-facts.ts';
import type { DumpGround, SourceDatabase } from './source.ts';

/** Saves what is known of a database and stands in no dump of it, in the snapshot of the dump. */
export async function saveFacts(
  { directory, files }: DumpGround,
  session: Session,
  { oid, encoding }: SourceDatabase,
): Promise<void> {
  const place = path.join(directory, 'facts');
  await mkdir(place, { recursive: true });
  const file = path.join(place, `${oid}.json`);
  await writeFile(file, writeDatabaseFacts(await readDatabaseFacts(session, encoding)));
  files.give(file, `facts/${oid}.json`);
}
