import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSession, type Session } from '../../../guarded-postgres/session.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { JobFailure } from '../../attempt/failure.ts';
import { firstError } from '../../programs/real-error.ts';
import type { ProgramEnd } from '../../programs/run-program.ts';

/** Asked for a password; every other database lets its visitors in: nobody else reaches the socket. */
export const LOGIN_CHECK = 'toygres login check';
const HBA = `local "${LOGIN_CHECK}" all scram-sha-256\nlocal all all trust\n`;
const PORT = 5432;
/** Linux allows 107 bytes for the path of a socket. */
const LONGEST_DIRECTORY = 80;
/** Nobody else is here: who waits for a lock waits for a prepared transaction, which nobody will end. */
const LOCK_TIMEOUT = '5s';
const IS_UP = 'database system is ready to accept connections';
const LOG_LINES = 200;

/** A server on data that is being restored: reachable from this process alone, and with nothing of its source's work. */
export interface RecoveryServer {
  open(database: string, login: { readonly user: string; readonly password?: string }): Promise<Session>;
  /** A clean stop. Throws a JobFailure where it is none. */
  stop(): Promise<void>;
}

/** What stands on its command line, where no file of the source can change it. */
function settingsOf(dataDirectory: string, files: string, sockets: string): Readonly<Record<string, string>> {
  return {
    data_directory: dataDirectory,
    listen_addresses: '',
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    port: String(PORT),
    hba_file: path.join(files, 'hba.conf'),
    ident_file: path.join(files, 'ident.conf'),
    external_pid_file: '',
    ssl: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '',
    lc_messages: 'C',
    log_statement: 'none',
    log_min_error_statement: 'panic',
    archive_mode: 'off',
    archive_cleanup_command: '',
    recovery_end_command: '',
    primary_conninfo: '',
    primary_slot_name: '',
    synchronous_standby_names: '',
    // All of the log that it needs is there. It ends where it is consistent, once, on a timeline of its own.
    restore_command: '/bin/false',
    recovery_target: 'immediate',
    recovery_target_action: 'promote',
    hot_standby: 'off',
    // What lay in tablespaces lies in directories of the copy.
    allow_in_place_tablespaces: 'on',
    shared_preload_libraries: '',
    max_logical_replication_workers: '0',
    'pg_durable.max_duroxide_connections': '1',
    autovacuum: 'off',
    shared_buffers: '128MB',
    huge_pages: 'off',
    // It is synced as a whole when it is done.
    fsync: 'off',
  };
}

/**
 * Starts the server and resolves when its recovery is over and it takes connections; `without` some of what is set here.
 * Throws a JobFailure with its own words when it does not come up.
 */
export async function startRecoveryServer(
  attempt: Attempt,
  dataDirectory: string,
  { without = [] }: { readonly without?: readonly string[] } = {},
): Promise<RecoveryServer> {
  const files = path.join(attempt.scratch, 'recovery');
  await mkdir(files, { recursive: true, mode: 0o700 });
  await writeFile(path.join(files, 'hba.conf'), HBA);
  await writeFile(path.join(files, 'ident.conf'), '');
  const sockets = files.length > LONGEST_DIRECTORY ? await mkdtemp('/tmp/toygres-') : files;
  const prepared = await readPreparedLimit(attempt, dataDirectory);
  const major = await readMajor(dataDirectory);
  const settings = Object.entries({ ...settingsOf(dataDirectory, files, sockets), ...prepared }).filter(
    ([name]) => !without.includes(name),
  );
  const lines: string[] = [];
  const up = Promise.withResolvers<void>();
  let pid: number | null = null;
  const ended = attempt.programs
    .run('postgres', {
      arguments: ['-D', dataDirectory, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      onStart: (started) => {
        pid = started;
      },
      onError: (line) => {
        // Said of none, too.
        if (!line.includes('external PID file')) lines.push(line);
        if (lines.length > LOG_LINES) lines.shift();
        if (line.includes(IS_UP)) up.resolve();
      },
    })
    .finally(async () => {
      if (sockets !== files) await rm(sockets, { recursive: true, force: true });
    });
  const failed = ended.then((end) => {
    throw new JobFailure(`the server on the restored data did not come up: ${wordsOf(end, lines)}`);
  });
  failed.catch(() => undefined);
  await Promise.race([up.promise, failed]);
  return {
    open: (database, { user, password = '' }) =>
      openSession(
        { host: sockets, port: PORT, user, password },
        { database, major, settings: { lock_timeout: LOCK_TIMEOUT } },
      ),
    stop: async () => {
      // What was refused while it ran is no cause of how it ends.
      lines.splice(0);
      if (pid !== null) process.kill(pid, 'SIGINT');
      const end = await ended;
      if (end.exitCode !== 0)
        throw new JobFailure(`the server on the restored data did not stop: ${wordsOf(end, lines)}`);
    },
  };
}

/** Of the cluster, which the server that starts on it has as well: with it, none of the source's event triggers fires. */
async function readMajor(dataDirectory: string): Promise<number> {
  const version = (await readFile(path.join(dataDirectory, 'PG_VERSION'), 'latin1')).slice(0, 10).trim();
  if (/^\d{1,3}$/.test(version)) return Number(version);
  throw new JobFailure('the restored data do not say of which version they are');
}

/** For as many prepared transactions as the source had room: it may have been told so on its command line alone. */
async function readPreparedLimit(
  { programs }: Attempt,
  dataDirectory: string,
): Promise<{ readonly max_prepared_transactions?: string }> {
  const end = await programs.run('pg_controldata', { arguments: [dataDirectory] });
  const [, limit = '0'] = /^max_prepared_xacts setting: +([0-9]{1,6})$/m.exec(end.output) ?? [];
  return limit === '0' ? {} : { max_prepared_transactions: limit };
}

function wordsOf(end: ProgramEnd, lines: readonly string[]): string {
  return firstError(lines) || `it ended with exit status ${end.exitCode ?? end.signal}`;
}
