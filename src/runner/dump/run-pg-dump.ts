import path from 'node:path';
import { every } from '../../machine/every.ts';
import { JobFailure } from '../attempt/failure.ts';
import type { TableRow } from '../catalogue/tables.ts';
import type { Session } from '../postgres/session.ts';
import { connectionString } from '../postgres/tool-environment.ts';
import { createFinishedFiles } from './finished-files.ts';
import type { DumpGround, SourceDatabase } from './source.ts';
import { copyingIn, createTableProgress } from './table-progress.ts';
import { createToolWords } from './tool-words.ts';

const LOOK_MS = 1_000;
/** The table of contents, in the directory of a dump. */
export const CONTENTS = 'toc.dat';

/** A dump as it was written: its directory, and the names of all its files. */
export interface WrittenDump {
  readonly directory: string;
  readonly files: ReadonlySet<string>;
}

export interface DumpRun {
  readonly database: SourceDatabase;
  /** Holds the snapshot open, and is asked how far the copies are. */
  readonly session: Session;
  readonly snapshot: string;
  readonly tables: readonly TableRow[];
  /** Tables at once. */
  readonly workers: number;
  /** The share of the database that is dumped, from 0 to 1, and what is worked on. */
  readonly onProgress: (share: number, message: string) => void;
}

/**
 * Runs pg_dump of one database in the session's snapshot into `databases/<oid>`. Finished files are given away while it
 * works, all but the table of contents. Throws JobFailure with pg_dump's or the server's words.
 */
export async function runPgDump(ground: DumpGround, run: DumpRun): Promise<WrittenDump> {
  const { attempt, directory, files } = ground;
  const { oid, name, encoding } = run.database;
  const what = `the dump of database ${name.text}`;
  const target = path.join(directory, 'databases', String(oid));
  const progress = createTableProgress(run.tables, name.text);
  const words = createToolWords('pg_dump');
  const finished = createFinishedFiles(target);
  const give = (names: readonly string[]) => {
    for (const file of names) files.give(path.join(target, file), `databases/${oid}/${file}`);
  };
  let giving = Promise.resolve();
  const lost = new AbortController();
  const loss = (error: unknown) => lost.abort(error);
  void run.session.lost.then(loss);
  const stopLooking = every(
    LOOK_MS,
    async () => run.onProgress(progress.look(await run.session.ask(copyingIn(oid))), `dumping ${progress.label}`),
    loss,
  );
  try {
    const end = await attempt.programs.run('pg_dump', {
      arguments: [
        '--no-password',
        `--dbname=${connectionString(name.text)}`,
        '--format=directory',
        `--jobs=${run.workers}`,
        `--snapshot=${run.snapshot}`,
        '--create',
        `--encoding=${encoding}`,
        '--no-tablespaces',
        '--no-sync',
        '--lock-wait-timeout=600s',
        '--verbose',
        ground.compression,
        `--file=${target}`,
      ],
      environment: ground.toolEnvironment,
      signal: AbortSignal.any([lost.signal, ground.signal]),
      onError: (line) => {
        const table = progress.take(line);
        if (table !== null) attempt.report.log(`${name.text}: dumping ${table}`);
        if (words.take(line)) attempt.report.log(line);
        giving = giving.then(async () => give(await finished.take(line)));
      },
    });
    await giving;
    if (end.signal !== null || end.exitCode !== 0) throw new JobFailure(describe(what, end, words.cause()));
  } finally {
    await stopLooking();
  }
  // Until it was read back, and until then nothing is known of the dump, its table of contents stays here.
  give((await finished.rest()).filter((file) => file !== CONTENTS));
  return { directory: target, files: finished.given };
}

const SIGNALS: Readonly<Record<string, number>> = { SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };

function describe(
  what: string,
  { signal, exitCode }: { readonly signal: NodeJS.Signals | null; readonly exitCode: number | null },
  cause: string,
): string {
  if (signal !== null) return `${what} was cut off: pg_dump was ended by signal ${SIGNALS[signal] ?? signal}`;
  // The encoding is the database's own: pg_dump says this of whatever the command to set it fails of.
  const said = cause.startsWith('invalid client encoding ')
    ? `the connection was probably lost at its start (${cause})`
    : cause;
  return `${what} failed: ${said || `pg_dump ended with status ${exitCode}`}`;
}
