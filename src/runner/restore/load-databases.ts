import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { RawName } from '../../guarded-postgres/raw-name.ts';
import { ServerError, SessionLostError } from '../../guarded-postgres/server-error.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { quoteLiteral, sql } from '../../guarded-postgres/sql.ts';
import { every } from '../../waiting/every.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { JobFailure } from '../attempt/failure.ts';
import type { Intake } from '../attempt/size-budget.ts';
import type { SourcePaths } from '../load/entries/search-paths.ts';
import { loadDatabase } from '../load/load-database.ts';
import type { LoadParts } from '../load/load-ground.ts';
import { TocError } from '../load/toc/byte-reader.ts';
import type { ThrowawayServer } from '../server/throwaway-server.ts';
import { readImageFacts } from './image-facts.ts';
import type { ImageDatabase, ImageFiles } from './image-files.ts';
import { busyWords, type WorkMeter } from './work-meter.ts';

/** Below this a database is loaded by one session, beside others; from here on with all sessions to itself. */
const SMALL_BYTES = 64 << 20;
const LOOK_MS = 1_000;
/** Of the memory that is free, what is loaded may take so much and is still there at the end. */
const MEMORY_SHARE = 0.5;

/** Runs work on all databases: the large ones one after the other and each with all sessions, then the small side by side. */
export async function overDatabases(
  databases: readonly ImageDatabase[],
  width: number,
  work: (database: ImageDatabase, width: number) => Promise<void>,
): Promise<void> {
  for (const one of databases.filter(({ sizeBytes }) => sizeBytes >= SMALL_BYTES)) await work(one, width);
  const small = databases.filter(({ sizeBytes }) => sizeBytes < SMALL_BYTES).values();
  const failures: unknown[] = [];
  const lane = async () => {
    for (const one of small) {
      await work(one, 1).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  // What fails behind the first fails of it.
  if (failures.length > 0) throw failures[0];
}

export interface DatabaseLoading {
  readonly attempt: Attempt;
  readonly server: ThrowawayServer;
  readonly files: ImageFiles;
  readonly helper: string;
  /** That is free for what is loaded. */
  readonly memoryBytes: number;
  /** Of the new server: what has no session of its own is asked there. */
  readonly session: Session;
  readonly meter: WorkMeter;
  /** Counts what files of the image unpack to. */
  readonly intake: Intake;
  readonly pathsOf: (database: ImageDatabase) => SourcePaths;
  /** What initdb takes from the machine, as the source had it. */
  readonly settings: ReadonlyMap<string, string>;
  readonly partsOf: (database: ImageDatabase) => Promise<LoadParts>;
  /** Takes how far a database is, in bytes, and what is done. */
  readonly progress: (database: ImageDatabase, bytes: number, message: string) => void;
}

const size = z.tuple([z.string().regex(/^\d{1,16}$/)]).transform(([bytes]) => Number(bytes));

/** Loads one database, telling how large it has grown, which counts rows and indexes alike. Throws JobFailure. */
export async function loadImageDatabase(
  loading: DatabaseLoading,
  database: ImageDatabase,
  width: number,
): Promise<void> {
  const { attempt, server, files, helper, session, meter } = loading;
  const { report } = attempt;
  const { name, oid, sizeBytes } = database;
  const toc = files.find(`databases/${oid}/toc.dat`);
  if (toc === undefined) throw new JobFailure(`the image has no dump of database ${name.text}`, { final: true });
  let label = `restoring database ${name.text}`;
  loading.progress(database, 0, label);
  const busy = busyWords(meter);
  const sizeOf = sql`SELECT pg_catalog.pg_database_size(oid) FROM pg_catalog.pg_database WHERE datname = ${quoteLiteral(name.bytes)}`;
  const stopLooking = every(
    LOOK_MS,
    async () => {
      const [grown = 0] = await session.ask({ sql: sizeOf, row: size, timeoutMs: null });
      loading.progress(database, Math.min(grown, sizeBytes), `${label}${await busy(`${grown} ${label}`)}`);
    },
    () => undefined,
  );
  try {
    await loadDatabase(
      {
        open: (wanted: RawName | null, settings) => server.open(wanted ?? helper, settings),
        doing: (text) => {
          label = text;
        },
        log: (text) => report.log(`${name.text}: ${text}`),
        found: (finding) => report.finding(finding),
      },
      {
        directory: path.dirname(toc.path),
        arriving: files.arriving,
        intake: loading.intake,
        name,
        width,
        staysInMemory: sizeBytes < loading.memoryBytes * MEMORY_SHARE,
        paths: loading.pathsOf(database),
        settings: loading.settings,
        facts: await readImageFacts(files, oid),
      },
      await loading.partsOf(database),
    );
  } catch (error) {
    throw asFailure(error, name.text);
  } finally {
    await stopLooking();
  }
  // It was loaded: its room is for the others.
  const onTheirWay = [...files.arriving].filter(([file]) => path.dirname(file) === path.dirname(toc.path));
  await Promise.all(onTheirWay.map(([, { here }]) => here));
  await rm(path.dirname(toc.path), { recursive: true, force: true });
  loading.progress(database, sizeBytes, `restored database ${name.text}`);
}

/** The server ends, or is not there again yet. */
const ENDED = /^57P0/;

function asFailure(error: unknown, database: string): unknown {
  if (error instanceof JobFailure) return error;
  const what = `the restore of database ${database}`;
  if (error instanceof SessionLostError)
    return new JobFailure(`${what} was cut off: ${error.message}`, { cause: error });
  if (error instanceof ServerError) {
    const how = ENDED.test(error.code) ? 'was cut off' : 'failed';
    return new JobFailure(`${what} ${how}: ${error.words}`, { cause: error });
  }
  if (error instanceof TocError)
    return new JobFailure(`${what} failed: ${error.message}`, { cause: error, final: true });
  return error;
}
