import path from 'node:path';
import * as z from 'zod';
import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';
import { makeDirectories } from '../machine/directories.ts';
import { chooseFreePort } from '../machine/free-port.ts';
import { readProcess } from '../machine/process-mark.ts';
import { readJsonFile, readPlainFile, writeJsonFile } from '../machine/whole-file.ts';
import { type ClusterOwner, initCluster, startCluster } from '../postgres-programs/cluster.ts';
import type { PostgresPrograms } from '../postgres-programs/find.ts';
import type { ProcessIdentity } from '../postgres-programs/identity.ts';
import {
  findPostmaster,
  type Postmaster,
  removeMisleadingLock,
  stopPostmaster,
} from '../postgres-programs/postmaster.ts';
import { readLastCause, rotateServerLog } from '../postgres-programs/server-log.ts';
import { until } from '../waiting/until.ts';
import { keepRunning } from './keep-running.ts';
import { readOrCreateInnerSecret } from './kept-secret.ts';
import { ensureServiceRole, SERVICE_ROLE } from './service-role.ts';

const SUPERUSER = 'toygres';
const START_MS = 60_000;
const STOP_GRACE_MS = 20_000;
const PORT_TRIES = 3;

const Remembered = z.object({ port: z.number().int() });

export interface EmbeddedPostgresOptions {
  /** Absolute; the cluster lives in `cms` below it. */
  readonly stateDirectory: string;
  /** Newest first: a new cluster is made with the first, an existing one needs its own major version. */
  readonly programs: readonly PostgresPrograms[];
  readonly identity: ProcessIdentity | null;
  readonly log: Logger;
}

export interface EmbeddedPostgres {
  /** As the role that the service works as; a secret: holds its password. */
  readonly url: string;
  /** As the role that owns the schemas and migrates them; a secret as well. */
  readonly ownerUrl: string;
  /** Shuts the server down in order; its data stays. */
  stop(): Promise<void>;
}

interface Cluster {
  readonly owner: ClusterOwner;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly memory: string;
}

function choosePrograms(programs: readonly PostgresPrograms[], major: string | undefined): PostgresPrograms {
  const chosen = major === undefined ? programs[0] : programs.find((candidate) => candidate.major === major);
  if (chosen !== undefined) return chosen;
  const wanted = major === undefined ? "PostgreSQL's server programs are" : `PostgreSQL ${major} is`;
  const name = major === undefined ? 'postgresql' : `postgresql-${major}`;
  throw new AppError(
    'UNAVAILABLE',
    `${wanted} needed for the embedded database and not installed: apt-get install ${name}, or set DATABASE_URL.`,
  );
}

async function waitUntilReady(cluster: Cluster, pid: number): Promise<Postmaster | null> {
  let found: Postmaster | null = null;
  const isDecided = async () => {
    found = await findPostmaster(cluster.dataDirectory);
    return found?.status === 'ready' || (await readProcess(pid)) === null;
  };
  await until(isDecided, { timeoutMs: START_MS });
  return found;
}

async function launch(cluster: Cluster, port: number): Promise<Postmaster | string> {
  await rotateServerLog(cluster.logFile);
  await removeMisleadingLock(cluster.dataDirectory);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    cluster_name: 'toygres-cms',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
  };
  const { dataDirectory, logFile, owner } = cluster;
  const pid = await startCluster(owner, { dataDirectory, logFile, settings });
  const postmaster = await waitUntilReady(cluster, pid);
  return postmaster?.status === 'ready' ? postmaster : ((await readLastCause(logFile)) ?? 'it said nothing');
}

/** Adopts the server that an earlier run left behind, or starts one; resolves when it takes connections. */
async function bringUp(cluster: Cluster, fixedPort: number | null): Promise<number> {
  const leftover = await findPostmaster(cluster.dataDirectory);
  if (leftover !== null && leftover.status !== 'stopping') {
    const ready = await waitUntilReady(cluster, leftover.process.pid);
    if (ready?.status === 'ready' && ready.port !== null) return ready.port;
  }
  // Nothing of an earlier server may be left when the next one starts.
  await stopPostmaster(cluster.dataDirectory, STOP_GRACE_MS);
  const remembered = (await readJsonFile(cluster.memory, Remembered))?.port ?? null;
  let said = '';
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const port = fixedPort ?? (await chooseFreePort(tries === 0 ? remembered : null));
    await writeJsonFile(cluster.memory, { port });
    const result = await launch(cluster, port);
    if (typeof result !== 'string') return port;
    said = result;
    if (!/could not (bind|create any TCP)/.test(said)) break;
  }
  throw new AppError('UNAVAILABLE', `The embedded database does not start: ${said} (log: ${cluster.logFile}).`);
}

/**
 * Starts the PostgreSQL that holds the control plane's own records, making its cluster the first time; data, password and,
 * while it is free, port stay the same over runs. A server that a killed run left behind is adopted. While we run, it is
 * started again when it dies. Throws UNAVAILABLE with the server's own words when it does not come up.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = path.join(options.stateDirectory, 'cms');
  await makeDirectories(directory, 0o711);
  const dataDirectory = path.join(directory, 'data');
  const password = await readOrCreateInnerSecret(directory, 'password');
  const servicePassword = await readOrCreateInnerSecret(directory, 'service-password');
  const version = (await readPlainFile(path.join(dataDirectory, 'PG_VERSION')))?.trim();
  const owner = { programs: choosePrograms(options.programs, version), identity: options.identity };
  if (version === undefined) {
    const initdbArguments = ['--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums'];
    await initCluster(owner, { dataDirectory, superuser: SUPERUSER, password, initdbArguments });
  }
  const cluster: Cluster = {
    owner,
    dataDirectory,
    logFile: path.join(directory, 'server.log'),
    memory: path.join(directory, 'server.json'),
  };
  const port = await bringUp(cluster, null);
  const keeper = keepRunning(
    {
      name: 'The embedded database',
      isAlive: async () => (await findPostmaster(dataDirectory)) !== null,
      // Who is connected knows this port: another one would be no use.
      start: async () => void (await bringUp(cluster, port)),
    },
    options.log,
  );
  const stop = async () => {
    await keeper.stop();
    await stopPostmaster(dataDirectory, STOP_GRACE_MS);
  };
  const urlAs = (role: string, secret: string) =>
    `postgresql://${role}:${encodeURIComponent(secret)}@127.0.0.1:${port}/postgres`;
  const ownerUrl = urlAs(SUPERUSER, password);
  try {
    await ensureServiceRole(ownerUrl, servicePassword);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: urlAs(SERVICE_ROLE, servicePassword),
    ownerUrl,
    stop,
  };
}
