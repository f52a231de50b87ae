import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Place } from './place.ts';
import { createProduct, type Product } from './product.ts';

const LAUNCHER = path.join(import.meta.dirname, '../src/toygres.sh');

/** A standalone server, as a process of its own. */
export interface Standalone extends AsyncDisposable {
  readonly home: string;
  readonly product: Product;
  /** The page of its metrics. */
  readMetrics(): Promise<string>;
}

/** Starts one on embedded defaults, but for the environment given. Throws with its last words when it does not come up. */
export async function startStandalone(
  { directory, onInterrupt }: Place,
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Standalone> {
  const home = path.join(directory, name);
  const kept = Object.fromEntries(['PATH', 'HOME', 'LANG'].map((name) => [name, process.env[name]]));
  const child = spawn(LAUNCHER, ['standalone'], {
    env: { ...kept, TOYGRES_HOME: home, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  const isStopped = onInterrupt(stop);
  const last: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    last.push(line);
    if (last.length > 20) last.shift();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /https?:\/\/\S+\/graphql/.exec(line)?.[0];
    if (url === undefined) continue;
    child.stdout.resume();
    const token = (await readFile(path.join(home, 'token'), 'utf8')).trim();
    const product = createProduct(url, token);
    return {
      home,
      product,
      async readMetrics() {
        const headers = { authorization: `Bearer ${token}` };
        return (await fetch(url.replace('/graphql', '/metrics'), { headers })).text();
      },
      [Symbol.asyncDispose]: async () => {
        await product.stop();
        await stop();
        isStopped();
      },
    };
  }
  await exited;
  throw new Error(`the server did not start:\n${last.join('\n')}`);
}
