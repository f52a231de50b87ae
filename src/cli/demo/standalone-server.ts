import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { LAUNCHER } from '../launcher.ts';

/** A standalone server as a child process, used through its public API only. */
export interface StandaloneServer {
  readonly url: string;
  readonly token: string;
  /** Asks it to end and resolves when it has, with everything it started. */
  stop(): Promise<void>;
}

const LAST_LINES = 20;

export interface StandaloneOptions {
  readonly home: string;
  /** What it is told besides. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onNotice: (text: string) => void;
}

/** The settings of this shell are for a server that is to last: of them only where PostgreSQL's programs are is kept. */
function embeddedEnvironment({ home, environment }: StandaloneOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'TOYGRES_POSTGRES_BIN' || !/^(TOYGRES_|AZURE_|DATABASE_URL$|LOG_LEVEL$)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...environment, TOYGRES_HOME: home, PORT: '0', HOST: '127.0.0.1' };
}

/** The words of a line of the server's log; null for a line that the log did not write. */
function readLogged(line: string): string | null {
  try {
    const { msg } = JSON.parse(line) as { msg?: unknown };
    return typeof msg === 'string' ? msg : null;
  } catch {
    return null;
  }
}

async function readUrl(child: ChildProcess, onNotice: (text: string) => void): Promise<string> {
  if (child.stdout === null || child.stderr === null) throw new Error('the server was started without pipes');
  const lastWords: string[] = [];
  let isUp = false;
  const errors = createInterface({ input: child.stderr }).on('line', (line) => {
    if (isUp) return;
    const logged = readLogged(line);
    if (logged !== null) onNotice(logged);
    else if (lastWords.push(line.replace(/^toygres: /, '')) > LAST_LINES) lastWords.shift();
  });
  const closed = once(errors, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /https?:\/\/\S+\/graphql/.exec(line)?.[0];
    if (url === undefined) continue;
    isUp = true;
    return url;
  }
  await closed;
  throw new Error(lastWords.length === 0 ? 'the server ended without a word' : lastWords.join('\n'));
}

/**
 * Starts it below `home`, on embedded defaults but for the environment given, on any free port, and hands on what it says
 * until it is up. It is out of reach of the terminal's Ctrl-C: whoever called stops it, also while it starts, by way of
 * `signal`. Throws with its last words when it does not come up.
 */
export async function startStandaloneServer(options: StandaloneOptions): Promise<StandaloneServer> {
  const { home, signal, onNotice } = options;
  signal.throwIfAborted();
  const child = spawn(LAUNCHER, ['standalone'], {
    detached: true,
    env: embeddedEnvironment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  const stopNow = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stopNow, { once: true });
  try {
    const url = await readUrl(child, onNotice);
    child.stdout.resume();
    return { url, token: (await readFile(path.join(home, 'token'), 'utf8')).trim(), stop };
  } catch (error) {
    await stop();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stopNow);
  }
}
