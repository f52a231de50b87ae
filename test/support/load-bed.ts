import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Finding } from '../../jobs/ports/job-protocol.ts';
import { toolOptions } from '../../src/guarded-postgres/pinned-settings.ts';
import { RawName } from '../../src/guarded-postgres/raw-name.ts';
import { openSession } from '../../src/guarded-postgres/session.ts';
import { findPostgresPrograms, type PostgresPrograms } from '../../src/postgres-programs/find.ts';
import type { DatabaseFacts } from '../../src/runner/facts/database-facts.ts';
import { readDatabaseFacts } from '../../src/runner/facts/read-facts.ts';
import type { SourcePaths } from '../../src/runner/load/entries/search-paths.ts';
import { loadDatabase } from '../../src/runner/load/load-database.ts';
import type { LoadParts } from '../../src/runner/load/load-ground.ts';
import { createScriptRunner, type ScriptRunner } from './job-script.ts';
import { type SourceServer, startSourceServer } from './source-server.ts';

const run = promisify(execFile);
const PASSWORD = 'it is a "pass"';

/** Two servers and what lies between them: a dump of a database of the first, loaded into the second. */
export interface LoadBed {
  readonly source: SourceServer;
  readonly copy: SourceServer;
  /** Whether both are of one major version. */
  readonly isOneMajor: boolean;
  readonly runner: ScriptRunner;
  /** Dumps a database; gives the directory. */
  dump(database: string, options?: readonly string[]): Promise<string>;
  /** Loads a dump under the name that it had; gives what was found. */
  load(directory: string, database: string, changes?: LoadChanges): Promise<readonly Finding[]>;
  dumpAndLoad(database: string, changes?: LoadChanges): Promise<readonly Finding[]>;
  stop(): Promise<void>;
}

export interface LoadChanges {
  readonly width?: number;
  readonly paths?: Partial<SourcePaths>;
  readonly parts?: LoadParts;
  readonly facts?: DatabaseFacts | null;
  readonly log?: (text: string) => void;
}

const SETTINGS = { max_locks_per_transaction: '512', autovacuum: 'off' };

/** What is on this machine, the oldest first. */
export async function programsByAge(): Promise<readonly PostgresPrograms[]> {
  return (await findPostgresPrograms(process.env.TOYGRES_POSTGRES_BIN ?? null)).toReversed();
}

/** Starts both servers; of the same version unless told otherwise. */
export async function createLoadBed(
  majors: { readonly source?: PostgresPrograms | undefined; readonly copy?: PostgresPrograms | undefined } = {},
): Promise<LoadBed> {
  const [oldest] = await programsByAge();
  if (oldest === undefined) throw new Error('no PostgreSQL server programs found: apt-get install postgresql');
  const { source: sourcePrograms = oldest, copy: copyPrograms = sourcePrograms } = majors;
  const sourceMajor = Number(sourcePrograms.major);
  const copyMajor = Number(copyPrograms.major);
  const runner = await createScriptRunner(sourcePrograms);
  const start = async (name: string, programs: PostgresPrograms) =>
    startSourceServer({
      directory: await runner.makeDirectory(name),
      password: PASSWORD,
      initdbArguments: ['--encoding=UTF8', '--locale=C.UTF-8'],
      settings: SETTINGS,
      programs,
    });
  const source = await start('source', sourcePrograms);
  const copy = await start('copy', copyPrograms);
  const bed: LoadBed = {
    source,
    copy,
    isOneMajor: sourceMajor === copyMajor,
    runner,
    dump: async (database, options = []) => {
      const directory = path.join(await runner.makeDirectory('dumps'), 'dump');
      const login = ['-h', source.host, '-p', String(source.port), '-U', source.user];
      const kind = ['--format=directory', '--create', '--no-tablespaces', '--no-sync', '--compress=1', '--jobs=2'];
      await run(
        path.join(sourcePrograms.directory, 'pg_dump'),
        [...kind, ...login, ...options, '-f', directory, '-d', `dbname='${database}'`],
        {
          env: { PATH: process.env.PATH, PGPASSWORD: PASSWORD, PGOPTIONS: toolOptions(sourceMajor) },
        },
      );
      return directory;
    },
    load: async (
      directory,
      database,
      { width = 2, paths = {}, parts = {}, facts = null, log = () => undefined } = {},
    ) => {
      const found: Finding[] = [];
      const ground = {
        open: (name: RawName | null, settings: Readonly<Record<string, string>>) =>
          openSession(copy, { database: name ?? 'postgres', major: copyMajor, settings }),
        doing: () => undefined,
        log,
        found: (finding: Finding) => found.push(finding),
      };
      const searched = { server: null, database: null, roles: new Map(), ...paths };
      await loadDatabase(ground, { directory, name: RawName.of(database), width, paths: searched, facts }, parts);
      return found;
    },
    dumpAndLoad: async (database, changes) => {
      const session = await openSession(source, {
        database,
        major: sourceMajor,
      });
      try {
        // As the snapshot of a dump.
        await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        return await bed.load(await bed.dump(database), database, {
          facts: await readDatabaseFacts(session, 'UTF8'),
          ...changes,
        });
      } finally {
        await session.close();
      }
    },
    stop: async () => {
      await source.stop();
      await copy.stop();
      await runner.stop();
    },
  };
  return bed;
}
