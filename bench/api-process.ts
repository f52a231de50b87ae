import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { ApiOrder, ProcessUse } from './api-protocol.ts';
import type { Place } from './place.ts';

/** A program of this directory that serves something, in a process of its own. */
export interface ServingProcess extends AsyncDisposable {
  readonly url: string;
  /** What it takes now; `collect`: after it has thrown away what it can. */
  measure(collect?: boolean): Promise<ProcessUse>;
}

/** Starts one. Its first message is where it is found. Disposing of it stops it. */
export async function startServing(
  place: Place,
  program: string,
  given: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServingProcess> {
  const file = path.join(import.meta.dirname, program);
  const child = spawn(process.execPath, [...process.execArgv, '--expose-gc', file, ...given], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  const isStopped = place.onInterrupt(stop);
  const first = await Promise.race([once(child, 'message'), exited.then(() => null)]);
  if (first === null) throw new Error(`${program} did not start`);
  const [{ url }] = first as [{ readonly url: string }];
  return {
    url,
    measure: async (collect = false) => (await ask(child, { verb: 'measure', collect })) as ProcessUse,
    [Symbol.asyncDispose]: async () => {
      await stop();
      isStopped();
    },
  };
}

async function ask(child: ChildProcess, order: ApiOrder): Promise<unknown> {
  const answered = once(child, 'message');
  child.send(order);
  const [answer] = await answered;
  return answer;
}
