import { spawn } from 'node:child_process';
import { chmod, lchown, open, readdir, rename, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as z from 'zod';
import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';
import { makeDirectories } from '../machine/directories.ts';
import { chooseFreePort } from '../machine/free-port.ts';
import { isAlive, markProcess, ProcessMark, signalProcess } from '../machine/process-mark.ts';
import { readJsonFile, readPlainFile, writeJsonFile } from '../machine/whole-file.ts';
import { type ProcessIdentity, readStoreUser } from '../postgres-programs/identity.ts';
import { until } from '../waiting/until.ts';
import { keepRunning } from './keep-running.ts';
import { readOrCreateInnerSecret } from './kept-secret.ts';

const ACCOUNT = 'toygres';
const KEY_BYTES = 64;
const LAUNCHER = path.resolve(import.meta.dirname, '../../src/embedded/run-azurite.mjs');
const START_MS = 30_000;
const STOP_MS = 10_000;
const PORT_TRIES = 3;

const Remembered = z.object({ port: z.number().int(), process: z.nullable(ProcessMark) });

export interface EmbeddedAzuriteOptions {
  /** Absolute; blobs live in `azurite` below it. */
  readonly stateDirectory: string;
  readonly log: Logger;
}

export interface EmbeddedAzurite {
  /** A secret: holds the account's key. */
  readonly connectionString: string;
  /** `http://127.0.0.1:<port>/toygres`; a container's URL is this, a slash and its name. */
  readonly blobEndpoint: string;
  /** Ends it in order, so that it saves what it keeps in memory; blobs stay. */
  stop(): Promise<void>;
}

/** True when an Azurite, and no other program, answers on the port. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/', timeout: 2_000, agent: false }, (response) => {
      response.resume();
      resolve(String(response.headers.server ?? '').startsWith('Azurite-Blob'));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

interface Place {
  readonly directory: string;
  /** Who it runs as; null: as ourselves. */
  readonly user: ProcessIdentity | null;
  readonly memory: string;
  readonly logFile: string;
  readonly key: string;
}

/** Azurite is an optional package: an installation that has an account can do without. Throws UNAVAILABLE then. */
export function findAzurite(resolve: (name: string) => string = createRequire(import.meta.url).resolve): string {
  try {
    return path.join(path.dirname(resolve('azurite/package.json')), 'dist/src/blob/main.js');
  } catch (cause) {
    throw new AppError(
      'UNAVAILABLE',
      'The embedded blob store is not installed: set AZURE_STORAGE_ACCOUNT (or AZURE_STORAGE_CONNECTION_STRING), or install it (npm ci).',
      { cause },
    );
  }
}

/** Gives the blobs to the user that reads and writes them; those of an earlier version are root's. */
async function giveData(data: string, { uid, gid }: ProcessIdentity): Promise<void> {
  await makeDirectories(data, 0o700);
  // Only what is root's: where it is the user's already, that user could have put links there.
  if ((await stat(data)).uid === uid) return;
  for (const { name, parentPath } of await readdir(data, { recursive: true, withFileTypes: true })) {
    await lchown(path.join(parentPath, name), uid, gid);
  }
  await chmod(data, 0o700);
  // Last: it says that all of it is given.
  await lchown(data, uid, gid);
}

async function launch(place: Place, port: number): Promise<ProcessMark | null> {
  const main = findAzurite();
  const data = path.join(place.directory, 'data');
  const { user } = place;
  if (user !== null) await giveData(data, user);
  // What the last one said before it ended is kept.
  await rename(place.logFile, `${place.logFile}.1`).catch(() => undefined);
  const log = await open(place.logFile, 'w', 0o600);
  try {
    const child = spawn(
      process.execPath,
      [
        ...[LAUNCHER, main, user === null ? '-' : `${user.uid}:${user.gid}`],
        ...['--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', data],
        ...['--skipApiVersionCheck', '--disableTelemetry', '--silent'],
      ],
      {
        cwd: place.directory,
        env: { AZURITE_ACCOUNTS: `${ACCOUNT}:${place.key}` },
        // Ctrl-C in a terminal must not end it before the jobs that write to it.
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    );
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid ?? 0));
    });
    child.unref();
    const mark = await markProcess(pid);
    await writeJsonFile(place.memory, { port, process: mark });
    if (mark === null) return null;
    await until(async () => (await answers(port)) || !(await isAlive(mark)), { timeoutMs: START_MS });
    return (await isAlive(mark)) ? mark : null;
  } finally {
    await log.close();
  }
}

async function end(mark: ProcessMark): Promise<void> {
  const isGone = async () => !(await isAlive(mark));
  await signalProcess(mark, 'SIGTERM');
  if (await until(isGone, { timeoutMs: STOP_MS })) return;
  await signalProcess(mark, 'SIGKILL');
  await until(isGone, { timeoutMs: STOP_MS });
}

interface Running {
  readonly port: number;
  readonly process: ProcessMark;
}

async function bringUp(place: Place, fixedPort: number | null): Promise<Running> {
  const remembered = await readJsonFile(place.memory, Remembered);
  if (remembered?.process && (await isAlive(remembered.process))) {
    if (await answers(remembered.port)) return { port: remembered.port, process: remembered.process };
    await end(remembered.process);
  }
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const port = fixedPort ?? (await chooseFreePort(tries === 0 ? (remembered?.port ?? null) : null));
    const mark = await launch(place, port);
    if (mark !== null) return { port, process: mark };
  }
  const said = (await readPlainFile(place.logFile))?.trim().split('\n').at(-1) || 'it said nothing';
  throw new AppError('UNAVAILABLE', `The embedded blob store does not start: ${said} (log: ${place.logFile}).`);
}

function connectionString(key: string, port: number): string {
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=${endpointAt(port)};`;
}

const endpointAt = (port: number) => `http://127.0.0.1:${port}/${ACCOUNT}`;

/** How to reach the blob store of this state directory that somebody else runs now, a secret; null when none runs. */
export async function findEmbeddedAzurite(stateDirectory: string): Promise<string | null> {
  const directory = path.join(stateDirectory, 'azurite');
  const remembered = await readJsonFile(path.join(directory, 'server.json'), Remembered);
  if (remembered?.process == null || !(await isAlive(remembered.process))) return null;
  const key = await readPlainFile(path.join(directory, 'account-key'));
  return key !== null && (await answers(remembered.port)) ? connectionString(key.trim(), remembered.port) : null;
}

/**
 * Starts the blob store of embedded defaults, with an account key of its own; blobs, key and, while it is free, port stay
 * the same over runs. One that a killed run left behind is adopted, known by pid and start time. While we run, it is started
 * again on the same port when it dies; what it had acknowledged by then is there again.
 */
export async function startEmbeddedAzurite(options: EmbeddedAzuriteOptions): Promise<EmbeddedAzurite> {
  const directory = path.join(options.stateDirectory, 'azurite');
  // The state directory itself must stay open to the user that servers run as.
  await makeDirectories(options.stateDirectory, 0o711);
  const user = await readStoreUser();
  await makeDirectories(directory, 0o700);
  // Its user passes through; what is ours in there has modes of its own.
  if (user !== null) await chmod(directory, 0o711);
  const place: Place = {
    directory,
    user,
    memory: path.join(directory, 'server.json'),
    logFile: path.join(directory, 'server.log'),
    key: await readOrCreateInnerSecret(directory, 'account-key', KEY_BYTES),
  };
  let running = await bringUp(place, null);
  const { port } = running;
  const keeper = keepRunning(
    {
      name: 'The embedded blob store',
      isAlive: () => isAlive(running.process),
      start: async () => {
        running = await bringUp(place, port);
      },
    },
    options.log,
  );
  return {
    blobEndpoint: endpointAt(port),
    connectionString: connectionString(place.key, port),
    stop: async () => {
      await keeper.stop();
      await end(running.process);
    },
  };
}
