import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { FILE_KEY, PROXIES } from '../../../jobs/ports/mover-secrets.ts';
import { type Proxies, readProxies } from '../../machine/proxies.ts';
import type { Environment } from '../attempt/work.ts';
import { createPrograms } from '../programs/run-program.ts';
import { createMover } from './mover.ts';
import { createMoverServer } from './serve-mover.ts';
import { parseSignature, type Signature } from './signature.ts';

/** What azcopy and connections to the store may see of the environment. */
const PASSED_ON = /^(AZURE_.*|AZCOPY_AUTO_LOGIN_TYPE|AZCOPY_CONCURRENCY_VALUE|SSL_CERT_(FILE|DIR))$/;

function require(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

/** A secret that the job may have been started without: null only when there is none. */
async function readOptional(directory: string, name: string): Promise<string | null> {
  try {
    return (await readFile(path.join(directory, name), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function readSignature(directory: string, name: string): Promise<Signature | null> {
  const text = await readOptional(directory, name);
  return text === null ? null : parseSignature(text);
}

/** Those of the control plane, else those of this environment. */
async function findProxies(directory: string, environment: Environment): Promise<Proxies> {
  const given = await readOptional(directory, PROXIES);
  return readProxies(given === null ? environment : JSON.parse(given));
}

/** Moves files for the worker of this attempt, until that has left. */
export async function move(environment: Environment, signal: AbortSignal): Promise<void> {
  const directory = require(environment, 'TOYGRES_SCRATCH_DIR');
  const secrets = require(environment, 'TOYGRES_SECRETS_DIR');
  const received = require(environment, 'TOYGRES_RECEIVED_DIR');
  const proxies = await findProxies(secrets, environment);
  const passed = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && PASSED_ON.test(name) ? [[name, value] as const] : [],
    ),
  );
  await mkdir(received, { recursive: true, mode: 0o750 });
  const server = createMoverServer(require(environment, 'TOYGRES_MOVER_SOCKET'));
  const mover = createMover({
    imageUrl: environment.TOYGRES_IMAGE_URL ?? '',
    uploadSignature: await readSignature(secrets, 'sas'),
    downloadSignature: await readSignature(secrets, 'read-sas'),
    fileKey: await readOptional(secrets, FILE_KEY),
    exchange: require(environment, 'TOYGRES_EXCHANGE_DIR'),
    received,
    directory,
    largestFileBytes: Number(environment.TOYGRES_SCRATCH_BYTES ?? Number.MAX_SAFE_INTEGER),
    environment: passed,
    proxies,
    programs: createPrograms({
      scratch: directory,
      signal,
      environment: {
        ...passed,
        ...proxies.environment,
        PATH: environment.PATH ?? '/usr/local/bin:/usr/bin:/bin',
        HOME: directory,
        TMPDIR: directory,
        LC_ALL: 'C',
        TOYGRES_SCRATCH_DIR: directory,
      },
    }),
    log: server.log,
    onProgress: server.onProgress,
  });
  try {
    await server.serve(mover, signal);
  } finally {
    await mover.stop();
  }
}
