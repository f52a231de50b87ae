import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Session } from '../../guarded-postgres/session.ts';
import { every } from '../../waiting/every.ts';
import { finalFailure, JobFailure } from '../attempt/failure.ts';
import type { LeavingFile } from '../backup/outgoing-files.ts';
import { PHYSICAL_INSTEAD } from '../catalogue/check-database.ts';
import { lockWaitersIn } from '../catalogue/lock-waiters.ts';
import { lockWaitsIn, standoffsIn } from '../catalogue/lock-waits.ts';
import type { TableRow } from '../catalogue/tables.ts';
import { TocCut } from '../load/toc/byte-reader.ts';
import { connectionString } from '../postgres/tool-environment.ts';
import { createFileKeeper } from './archive/keep-files.ts';
import { splitArchive } from './archive/split-archive.ts';
import { CONTENTS } from './contents.ts';
import { createFinishedFiles, finishedTableOf } from './finished-files.ts';
import { createLockPatience } from './lock-patience.ts';
import { createLockQueue } from './lock-queue.ts';
import type { DumpGround, SourceDatabase } from './source.ts';
import { copyingIn, createTableProgress } from './table-progress.ts';
import { isTooLarge } from './too-large.ts';
import { createToolWords } from './tool-words.ts';

const LOOK_MS = 1_000;
const FOLLOW_MS = 200;
/** Well below the second after which a session of the source looks for a deadlock. */
const STANDOFF_MS = 150;
/** pg_dump looks for one at once: what is found is its own to give up, and it is tried again, where a change of the source is not. */
const FIRST_TO_YIELD = '-c deadlock_timeout=1';
/** A dump as it was written: its directory, and the names of all its files. */
export interface WrittenDump {
  readonly directory: string;
  readonly files: ReadonlySet<string>;
}

export interface DumpRun {
  readonly database: SourceDatabase;
  /** Holds the snapshot open. */
  readonly session: Session;
  /** Sees the database as it is now; is asked how far the copies are, and for whom the dump waits. */
  readonly watch: Session;
  readonly snapshot: string;
  readonly tables: readonly TableRow[];
  /** Arguments that let pg_dump pass by what the server cannot read. */
  readonly leftOut: readonly string[];
  /** Tables at once; null: all files come as one stream, and small ones lie nowhere. */
  readonly workers: number | null;
  /** The share of the database that is dumped, from 0 to 1, and what is worked on. */
  readonly onProgress: (share: number, message: string) => void;
  /** Called when pg_dump has read all definitions: files are given away when it has resolved, and its failure ends the dump. */
  readonly onDefinitionsRead: () => Promise<void>;
  /** Told then, where all comes as one stream, what was gone when its definition was read; its failure ends the dump. */
  readonly onGone: (objects: readonly string[]) => void;
  /** Told of each file when it is finished, and of its table where that is known; its failure ends the dump. */
  readonly onFile: (file: string, table: string | null) => Promise<void>;
  /** The same of a file that lies nowhere. */
  readonly onContent: (file: string, content: Buffer) => Promise<void>;
}

/** The dump failed before a file of it was given away, of something that changed while its definitions were read. */
export class LostRace extends Error {
  override readonly name = 'LostRace';
}

/** What pg_dump and the server say when an object is gone, or another one, between two looks at it. */
const RACE =
  /does not exist|could not open relation with OID|cache lookup failed|failed sanity check|could not find|instead of one|concurrently|unrecognized|appears to be empty|returned no data|wrong number of rows returned|could not obtain lock on relation|deadlock detected/;

/**
 * Runs pg_dump of one database in the session's snapshot into `databases/<oid>`. Finished files are given away while it
 * works, all but the table of contents. Throws LostRace, or JobFailure with pg_dump's or the server's words.
 */
export async function runPgDump(ground: DumpGround, run: DumpRun): Promise<WrittenDump> {
  const { attempt, directory, files, toolEnvironment: environment } = ground;
  const { oid, name } = run.database;
  const what = `the dump of database ${name.text}`;
  const target = path.join(directory, 'databases', String(oid));
  const progress = createTableProgress(run.tables, name.text);
  const words = createToolWords('pg_dump');
  const finished = createFinishedFiles(target);
  const leaving = new Map<string, LeavingFile>();
  let wasGiven = false;
  let given: Promise<void> = Promise.resolve();
  /** One after the other, each when it was looked through. */
  const give = (names: readonly string[], table: string | null = null) => {
    wasGiven ||= names.length > 0;
    given = given.then(async () => {
      for (const file of names) {
        await run.onFile(path.join(target, file), table);
        if (leaving.has(file)) leaving.get(file)?.finish();
        else files.give(path.join(target, file), `databases/${oid}/${file}`);
      }
    });
    given.catch(onLoss);
    return given;
  };
  /** What grows large leaves while it is written. */
  const follow = (file: string) => {
    if (leaving.has(file) || finished.given.has(file)) return;
    const followed = files.follow(path.join(target, file), `databases/${oid}/${file}`);
    if (followed === null) return;
    leaving.set(file, followed);
    wasGiven = true;
  };
  const stop = new AbortController();
  const onLoss = (error: unknown) => stop.abort(error);
  void run.session.lost.then(onLoss);
  void run.watch.lost.then(onLoss);
  let definitions: Promise<void> | null = null;
  const readDefinitions = () => {
    definitions ??= run.onDefinitionsRead();
    definitions.catch(onLoss);
    return definitions;
  };
  const waits = createLockPatience(run.database, ground.lockPatienceMs);
  const behind = createLockQueue();
  const look = async () => {
    const waiting = waits.take(await run.watch.ask(lockWaitsIn(oid)));
    const queue = behind.take((await run.watch.ask(lockWaitersIn(oid)))[0]);
    const share = progress.look(await run.watch.ask(copyingIn(oid)));
    const doing = waiting ?? `dumping ${progress.label}`;
    run.onProgress(share, queue === null ? doing : `${doing}; ${queue}`);
  };
  const stopLooking = every(LOOK_MS, look, onLoss);
  /** Of all files that are not given yet. */
  const openBytes = () =>
    (existsSync(target) ? readdirSync(target) : []).reduce((sum, file) => {
      const isGiven = finished.given.has(file);
      const facts = isGiven ? undefined : statSync(path.join(target, file), { throwIfNoEntry: false });
      return sum + (facts?.size ?? 0);
    }, 0);
  const leaveSizes = ground.sizes.watch(openBytes);
  let release: (() => Promise<void>) | undefined;
  const followGrowing = async () => {
    if (definitions === null) return;
    await definitions;
    const { finished: whole, growing } = await finished.look();
    void give(whole);
    for (const file of growing) follow(file);
  };
  const giveWay = async () => {
    if (definitions !== null) return;
    const [standoff] = await run.watch.ask(standoffsIn(oid));
    if (standoff !== undefined && !wasGiven) {
      throw new LostRace(`process ${standoff[0]} waits for it, and it for that`);
    }
  };
  const stopYielding = every(STANDOFF_MS, giveWay, onLoss);
  const stopFollowing = every(FOLLOW_MS, followGrowing, onLoss);
  const keeper = createFileKeeper(target, {
    onContents: (gone) => {
      const told = readDefinitions().then(() => run.onGone(gone));
      told.catch(onLoss);
      return told;
    },
    onSmall: async (file, content) => {
      await run.onContent(file, content);
      wasGiven = true;
      finished.gave(file);
      await files.put(`databases/${oid}/${file}`, content);
    },
    onLarge: (file) => {
      finished.gave(file);
      return give([file]);
    },
  });
  let cut: Error | null = null;
  const takeDump = (output: Readable) =>
    splitArchive(output, keeper).catch((error: unknown) => {
      // Why, pg_dump itself says best.
      if (!isCut(error)) throw error;
      cut = error;
    });
  try {
    const end = await attempt.programs.run('pg_dump', {
      ...(run.workers === null ? { onBytes: takeDump } : {}),
      arguments: dumpArguments(ground, run, target),
      environment: { ...environment, PGOPTIONS: `${environment.PGOPTIONS ?? ''} ${FIRST_TO_YIELD}` },
      signal: AbortSignal.any([stop.signal, ground.signal]),
      onStart: (pid) => {
        release = ground.rate?.watch(pid, openBytes);
      },
      onError: (line) => {
        const table = progress.take(line);
        if (table !== null) attempt.report.log(`${name.text}: dumping ${table}`);
        if (words.take(line)) attempt.report.log(line);
        if (!progress.hasBegun) return;
        void readDefinitions()
          .then(() => give(finished.take(line), finishedTableOf(line)))
          .catch(onLoss);
      },
    });
    await (definitions ?? Promise.resolve());
    if (end.signal !== null || end.exitCode !== 0) {
      const cause = words.cause();
      if (!wasGiven && end.signal === null && RACE.test(cause)) throw new LostRace(cause);
      throw failureOf(what, end, cause);
    }
    if (cut !== null) throw new JobFailure(`${what} is not whole`, { cause: cut });
    await readDefinitions();
    await given;
  } finally {
    leaveSizes();
    await Promise.all([stopLooking(), stopYielding(), stopFollowing(), release?.(), keeper.close()]);
    if (behind.worst !== null) attempt.report.notice(`database ${name.text}: ${behind.worst}`);
  }
  // Until it was read back, and until then nothing is known of the dump, its table of contents stays here.
  await give((await finished.rest()).filter((file) => file !== CONTENTS));
  for (const one of leaving.values()) one.finish();
  return { directory: target, files: finished.given };
}

function isCut(error: unknown): error is Error {
  return error instanceof TocCut || (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function dumpArguments(
  ground: DumpGround,
  { database, workers, snapshot, leftOut }: DumpRun,
  target: string,
): string[] {
  return [
    '--no-password',
    `--dbname=${connectionString(database.name.text)}`,
    `--snapshot=${snapshot}`,
    '--create',
    `--encoding=${database.encoding}`,
    '--no-tablespaces',
    '--no-sync',
    '--lock-wait-timeout=600s',
    '--verbose',
    ...leftOut,
    ...(workers === null
      ? ['--format=custom', '--compress=0']
      : ['--format=directory', `--jobs=${workers}`, ground.compression, `--file=${target}`]),
  ];
}

const SIGNALS: Readonly<Record<string, number>> = { SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };

function failureOf(
  what: string,
  { signal, exitCode }: { readonly signal: NodeJS.Signals | null; readonly exitCode: number | null },
  cause: string,
): JobFailure {
  if (signal !== null)
    return new JobFailure(`${what} was cut off: pg_dump was ended by signal ${SIGNALS[signal] ?? signal}`);
  const [, table] = /^Dumping the contents of table "(.*)" failed/.exec(cause) ?? [];
  if (table !== undefined && isTooLarge(cause)) {
    return finalFailure(
      `${what} failed: a row of table ${table} is more than the gigabyte that a dump can hold of one (${cause}). ${PHYSICAL_INSTEAD}`,
    );
  }
  // The encoding is the database's own: pg_dump says this of whatever the command to set it fails of.
  const said = cause.startsWith('invalid client encoding ')
    ? `the connection was probably lost at its start (${cause})`
    : cause;
  return new JobFailure(`${what} failed: ${said || `pg_dump ended with status ${exitCode}`}`);
}
