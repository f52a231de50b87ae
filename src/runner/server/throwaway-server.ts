import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RawName } from '../../guarded-postgres/raw-name.ts';
import { openSession, type Session } from '../../guarded-postgres/session.ts';
import { signalPid } from '../../machine/process-mark.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { JobFailure } from '../attempt/failure.ts';
import { firstError } from '../programs/real-error.ts';
import type { ProgramEnd } from '../programs/run-program.ts';

/** Matched before all others in its pg_hba.conf: whoever names it must give a password. */
export const LOGIN_CHECK = 'toygres login check';
const PORT = 5432;
/** As long a foreign server may take to answer that what is loaded asks: a materialized view stands empty then. */
const REMOTE_SECONDS = 5;
/** A socket's path may have 107 bytes, with room for its name. */
const LONGEST_SOCKET_DIRECTORY = 80;
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  port: String(PORT),
  external_pid_file: '',
  ssl: 'off',
  archive_mode: 'off',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  restart_after_crash: 'off',
  lc_messages: 'C',
  log_statement: 'none',
  log_min_error_statement: 'panic',
  max_logical_replication_workers: '0',
  // With one connection the worker of pg_durable refuses to start; no other may start by max_worker_processes.
  'pg_durable.max_duroxide_connections': '1',
};

/** A server on a private socket that lives as long as its attempt. */
export interface ThrowawayServer {
  /** Starts it and waits until it takes connections; null then, else why it did not start. */
  start(settings: Readonly<Record<string, string>>): Promise<string | null>;
  /** Throws JobFailure where it does not stop cleanly. */
  stop(): Promise<void>;
  open(database: RawName | string, settings?: Readonly<Record<string, string>>, password?: string): Promise<Session>;
  /** For the programs of PostgreSQL. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends it at once, whatever it does, and removes its socket. */
  end(): Promise<void>;
}

interface Running {
  readonly pid: number;
  readonly ended: Promise<ProgramEnd>;
  readonly lines: string[];
}

/** A server of the cluster in `directory`; it is not started yet. */
export async function prepareServer(
  { programs, scratch, signal }: Attempt,
  directory: string,
  { major, superuser }: { readonly major: number; readonly superuser: string },
): Promise<ThrowawayServer> {
  const near = path.join(scratch, 's');
  const isLong = near.length > LONGEST_SOCKET_DIRECTORY;
  const sockets = isLong ? await mkdtemp('/tmp/toygres-') : near;
  if (!isLong) await mkdir(sockets, { mode: 0o700, recursive: true });
  const hba = path.join(scratch, 'hba.conf');
  await writeFile(hba, `local "${LOGIN_CHECK}" all scram-sha-256\nlocal all all trust\n`);
  let running: Running | null = null;

  const quit = () => {
    // It is thrown away: a smart shutdown would wait for its clients and write everything out.
    if (running !== null) signalPid(running.pid, 'SIGQUIT');
  };
  signal.addEventListener('abort', quit);

  async function start(settings: Readonly<Record<string, string>>): Promise<string | null> {
    const lines: string[] = [];
    const all = { ...SETTINGS, unix_socket_directories: sockets, hba_file: hba, ...settings };
    const { promise: ready, resolve: tellReady } = Promise.withResolvers<'ready'>();
    const { promise: started, resolve: tellStarted } = Promise.withResolvers<number>();
    const ended = programs.run('postgres', {
      environment: { PGCONNECT_TIMEOUT: String(REMOTE_SECONDS) },
      arguments: ['-D', directory, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      onStart: tellStarted,
      onError: (line) => {
        // Only the first and the last of them are ever told.
        if (lines.length < 10_000) lines.push(line);
        if (line.includes('database system is ready to accept connections')) tellReady('ready');
      },
    });
    const pid = await Promise.race([started, ended.then(() => 0)]);
    running = { pid, ended, lines };
    // What it ends with is told to whoever waits for its end.
    ended.catch(() => undefined);
    if ((await Promise.race([ready, ended])) === 'ready') return null;
    running = null;
    return firstError(lines) || 'it ended without a word';
  }

  async function stop(): Promise<void> {
    if (running === null) return;
    const { pid, ended, lines } = running;
    // What was refused while it ran is no cause of how it ends.
    lines.splice(0);
    signalPid(pid, 'SIGINT');
    const end = await ended;
    running = null;
    const control = await programs.run('pg_controldata', { arguments: [directory] });
    if (end.exitCode !== 0 || !/^Database cluster state: *shut down$/m.test(control.output)) {
      throw new JobFailure(`the throw-away server did not stop cleanly: ${firstError(lines)}`);
    }
  }

  return {
    start,
    stop,
    open: (database, settings = {}, password = '') =>
      openSession({ host: sockets, port: PORT, user: superuser, password }, { database, major, settings }),
    environment: { PGHOST: sockets, PGPORT: String(PORT), PGUSER: superuser },
    end: async () => {
      signal.removeEventListener('abort', quit);
      quit();
      await running?.ended.catch(() => undefined);
      if (isLong) await rm(sockets, { recursive: true, force: true });
    },
  };
}
