import path from 'node:path';
import { openDumpFiles } from './data/dump-files.ts';
import { quoteName } from './entries/object-name.ts';
import { EntryLoader } from './entry-loader.ts';
import { type Told, tellFindings } from './findings.ts';
import type { DatabaseToLoad, LoadGround, LoadParts } from './load-ground.ts';
import { LoadSession } from './load-session.ts';
import { readTocFile } from './toc/read-toc.ts';
import type { Toc } from './toc/toc-entry.ts';

/**
 * Makes a database from its dump and loads it, entry by entry. What the server refuses is tried again, mended or told, and
 * costs nothing else. Throws where the server itself fails, and TocError for a dump that is none.
 */
export async function loadDatabase(ground: LoadGround, database: DatabaseToLoad, parts: LoadParts = {}): Promise<void> {
  const toc = await readTocFile(path.join(database.directory, 'toc.dat'));
  const files = openDumpFiles(database.directory, database.arriving, database.intake);
  const told = tellFindings(database.name.text, toc.encoding, (finding) => ground.found(finding));
  await makeDatabase(ground, toc, told);
  const loader = new EntryLoader(ground, database, toc, files, told);
  try {
    await loader.run(parts);
  } finally {
    await loader.close();
  }
}

/** The database itself; where its locale is not to be had here, with the plainest. */
async function makeDatabase(ground: LoadGround, toc: Toc, told: Told): Promise<void> {
  const entry = toc.entries.find(({ kind }) => kind === 'DATABASE');
  if (entry === undefined) return;
  const session = await ground.open(null, { search_path: '', client_encoding: 'SQL_ASCII' });
  try {
    const maker = new LoadSession(session, {
      sizeOf: () => 0,
      read: () => none(),
      readOnce: () => none(),
      lines: () => none(),
    });
    const refusal = await maker.attempt(entry.define);
    if (refusal === null) return;
    const encoding = /ENCODING = ('[^']*')/.exec(entry.define)?.[1] ?? "'UTF8'";
    const plain = `CREATE DATABASE ${quoteName(entry.tag)} TEMPLATE template0 ENCODING ${encoding} LOCALE_PROVIDER libc LOCALE 'C'`;
    if ((await maker.attempt(plain)) !== null) throw refusal;
    told.tell({
      code: 'LOCALE_CHANGED',
      severity: 'WARNING',
      object: quoteName(entry.tag),
      says: 'has the locale C here: texts are sorted by their bytes',
      cause: refusal,
      remedy: null,
    });
  } finally {
    await session.close();
  }
}

async function* none(): AsyncGenerator<never> {}
