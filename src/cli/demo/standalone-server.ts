import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A standalone server as a child process, used through its public API only. */
export interface StandaloneServer {
  readonly url: string;
  readonly token: string;
  /** Asks it to end and resolves when it has, with everything it started. */
  stop(): Promise<void>;
}

const LAUNCHER = path.join(import.meta.dirname, '../../toygres.sh');

async function readUrl(child: ChildProcess, lastLines: string[]): Promise<string> {
  if (child.stdout === null || child.stderr === null) throw new Error('the server was started without pipes');
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /https?:\/\/\S+\/graphql/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`the server did not start:\n${lastLines.join('\n')}`);
}

/** Starts it on embedded defaults below `home`, on any free port. Throws with its last lines when it does not come up. */
export async function startStandaloneServer(home: string): Promise<StandaloneServer> {
  const child = spawn(LAUNCHER, ['standalone'], {
    env: { ...process.env, TOYGRES_HOME: home, PORT: '0', HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  try {
    const url = await readUrl(child, []);
    child.stdout.resume();
    return { url, token: (await readFile(path.join(home, 'token'), 'utf8')).trim(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
