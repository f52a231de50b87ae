import path from 'node:path';
import { z } from 'zod';
import { JobFailure } from '../attempt/failure.ts';
import { snapshotId } from '../catalogue/columns.ts';
import { EXTENSIONS, readDurable } from '../catalogue/extension-state.ts';
import { readLeftOut } from '../catalogue/left-out.ts';
import { ROLES_OF_DATABASE } from '../catalogue/roles.ts';
import { TABLES } from '../catalogue/tables.ts';
import { failingAs } from '../postgres/describe-error.ts';
import { openSession, type Session } from '../postgres/session.ts';
import { createContentsReader, findMissing } from './contents.ts';
import { CONTENTS, runPgDump, type WrittenDump } from './run-pg-dump.ts';
import { saveFacts } from './save-facts.ts';
import { saveState } from './save-state.ts';
import type { DumpedDatabase, DumpGround, SourceDatabase } from './source.ts';
import { createToolWords } from './tool-words.ts';

export interface DatabaseProgress {
  readonly workers: number;
  /** Bytes of the database that are dumped, and what is worked on. */
  readonly onProgress: (bytes: number, message: string) => void;
}

async function inEncoding<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.run(`SET client_encoding = 'UTF8'`);
  const answer = await work();
  await session.run(`SET client_encoding = 'SQL_ASCII'`);
  return answer;
}

/** Dumps one database. Everything is read in one snapshot, which a session holds open while pg_dump works. */
export function dumpDatabase(
  ground: DumpGround,
  database: SourceDatabase,
  { workers, onProgress }: DatabaseProgress,
): Promise<DumpedDatabase> {
  const { attempt, login, major } = ground;
  const name = database.name.text;
  return failingAs(`the dump of database ${name}`, async () => {
    onProgress(0, `dumping database ${name}`);
    const session = await openSession(login, { database: database.name, major });
    try {
      await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const [snapshot] = await session.ask({ sql: 'SELECT pg_export_snapshot()', row: z.tuple([snapshotId]) });
      if (snapshot === undefined) throw new JobFailure(`the dump of database ${name} failed: it got no snapshot`);
      const roles = await session.ask(ROLES_OF_DATABASE);
      const tables = await session.ask(TABLES);
      for (const text of await readLeftOut(session, name)) attempt.report.notice(text);
      const { extensions, durable } = await inEncoding(session, async () => ({
        extensions: (await session.ask(EXTENSIONS))[0] ?? [],
        durable: await readDurable(session),
      }));
      await saveState(ground, session, database, durable?.engine ?? '');
      const written = await runPgDump(ground, {
        database,
        session,
        snapshot: snapshot[0],
        tables,
        workers,
        onProgress: (share, message) => onProgress(Math.floor(database.sizeBytes * share), message),
      });
      const missing = findMissing(await readContents(ground, database, written), written.files, tables);
      if (missing !== null) throw new JobFailure(`the dump of database ${name} ${missing}`);
      await inEncoding(session, () => saveFacts(ground, session, database));
      ground.files.give(path.join(written.directory, CONTENTS), `databases/${database.oid}/${CONTENTS}`);
      onProgress(database.sizeBytes, `dumped database ${name}`);
      return { database, roles, extensions, durable: durable?.state ?? null };
    } finally {
      await session.close();
    }
  });
}

/** The table of contents, read back by pg_restore. */
async function readContents({ attempt }: DumpGround, { name }: SourceDatabase, { directory }: WrittenDump) {
  const reader = createContentsReader();
  const words = createToolWords('pg_restore');
  const end = await attempt.programs.run('pg_restore', {
    arguments: ['--list', directory],
    onOutput: reader.take,
    onError: (line) => void words.take(line),
  });
  if (end.exitCode !== 0) {
    throw new JobFailure(`the dump of database ${name.text} cannot be read back: ${words.cause()}`);
  }
  return reader.read();
}
