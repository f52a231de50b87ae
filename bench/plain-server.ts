import { rm } from 'node:fs/promises';
import path from 'node:path';
import { chooseFreePort } from '../src/machine/free-port.ts';
import { initCluster, startCluster } from '../src/postgres-programs/cluster.ts';
import { findPostmaster, stopPostmaster } from '../src/postgres-programs/postmaster.ts';
import { until } from '../src/waiting/until.ts';
import type { Place } from './place.ts';

const PASSWORD = 'only for the bench';

/** A PostgreSQL server as initdb makes it. */
export interface PlainServer extends AsyncDisposable {
  readonly port: number;
  /** What the client programs find it by. */
  readonly environment: Readonly<Record<string, string>>;
  urlOf(database: string): string;
}

/** Makes a server and waits until it takes connections; disposing of it stops it and removes its data. */
export async function startPlainServer(
  { directory, programs, identity, onInterrupt }: Place,
  name: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PlainServer> {
  const owner = { programs, identity };
  const dataDirectory = path.join(directory, name);
  const port = await chooseFreePort(null);
  const initdbArguments = ['--encoding=UTF8', '--locale=C.UTF-8'];
  await initCluster(owner, { dataDirectory, superuser: 'postgres', password: PASSWORD, initdbArguments });
  await startCluster(owner, {
    dataDirectory,
    logFile: `${dataDirectory}.log`,
    settings: { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings },
  });
  const stop = () => stopPostmaster(dataDirectory, 20_000);
  const isStopped = onInterrupt(stop);
  const isReady = async () => (await findPostmaster(dataDirectory))?.status === 'ready';
  if (!(await until(isReady, { timeoutMs: 60_000 })))
    throw new Error(`a plain server did not start: ${dataDirectory}.log`);
  return {
    port,
    environment: { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'postgres', PGPASSWORD: PASSWORD },
    urlOf: (database) => `postgresql://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`,
    [Symbol.asyncDispose]: async () => {
      await stop();
      isStopped();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
