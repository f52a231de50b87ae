import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Platform } from '../../../../jobs/ports/platform/platform.ts';
import type { ServerRef, ServerSpec, ServerStatus } from '../../../../jobs/ports/platform/servers.ts';
import { AppError } from '../../../../schema/errors.ts';
import { isAlive } from '../../../machine/process-mark.ts';
import { readJsonFile, writeJsonFile } from '../../../machine/whole-file.ts';
import { findPostmaster, type Postmaster, stopPostmaster } from '../../../postgres-programs/postmaster.ts';
import { readLastCause } from '../../../postgres-programs/server-log.ts';
import type { LocalContext } from '../context.ts';
import type { ServerPaths } from '../layout.ts';
import { withServerLock } from './server-lock.ts';
import { describeEnd, isThere, ServerRecord } from './server-records.ts';
import { startServer } from './server-start.ts';
import { readOwnUid } from './server-user.ts';

export type ServerVerbs = Pick<Platform, 'ensureServer' | 'readServer' | 'stopServer' | 'removeServer'> & {
  /** Stops it as `stopServer` does, but remembers that it is meant to run. */
  pauseServer(ref: ServerRef): Promise<void>;
  /** Starts it when it is meant to run; true when it was started, false when there was nothing to do. */
  resumeServer(ref: ServerRef): Promise<boolean>;
};

/** Longer than making a cluster takes, shorter than a step may. */
const START_PATIENCE_SECONDS = 15;

const PHASES = { starting: 'STARTING', ready: 'READY', stopping: 'STOPPING' } as const;

function statusOf(
  phase: ServerStatus['phase'],
  port: number | null,
  detail: string | null,
  tls: string | null = null,
): ServerStatus {
  const address = port === null ? null : { host: '127.0.0.1', port, ...(tls === null ? {} : { tls }) };
  return { phase, endpoint: address && { ...address, dnsName: null }, insideAddress: address, detail };
}

async function describeRunning(paths: ServerPaths, postmaster: Postmaster): Promise<ServerStatus> {
  const phase = PHASES[postmaster.status];
  const detail = phase === 'STARTING' ? await readLastCause(paths.log) : null;
  // Its own word for it may be changed by whoever is superuser there, and lead to another server.
  const record = await readJsonFile(paths.serverRecord, ServerRecord);
  const tls = record?.certified ? path.basename(paths.directory) : null;
  const status = statusOf(phase, postmaster.listens ? (record?.port ?? postmaster.port) : null, detail, tls);
  return record?.parameters === undefined ? status : { ...status, parameters: record.parameters };
}

async function describeMissing(paths: ServerPaths): Promise<ServerStatus> {
  const record = await readJsonFile(paths.serverRecord, ServerRecord);
  if (record === null) return statusOf((await isThere(paths.volume)) ? 'STOPPED' : 'ABSENT', null, null);
  if (record.desired === 'stopped' || record.paused) return statusOf('STOPPED', null, null);
  if (record.failure !== null) return statusOf('FAILED', null, record.failure);
  if (record.process === null) return statusOf('STARTING', null, 'the cluster is being made');
  if (await isAlive(record.process)) return statusOf('STARTING', null, 'the server process has just been started');
  return statusOf('FAILED', null, describeEnd(await readLastCause(paths.log)));
}

/** Servers as processes of this machine that live on without us. */
export function createServers(context: LocalContext): ServerVerbs {
  const { layout } = context;
  const locked = <T>(ref: ServerRef, waitSeconds: number, work: (paths: ServerPaths) => Promise<T>) =>
    withServerLock(layout, ref, waitSeconds, work);
  const readRecord = (paths: ServerPaths) => readJsonFile(paths.serverRecord, ServerRecord);
  const stopPatienceSeconds = Math.ceil(context.stopGraceMs / 1000) + 30;

  const stop = (ref: ServerRef, change: Partial<ServerRecord>) =>
    locked(ref, stopPatienceSeconds, async (paths) => {
      const record = await readRecord(paths);
      if (record !== null) await writeJsonFile(paths.serverRecord, { ...record, ...change });
      await stopPostmaster(paths.data, context.stopGraceMs, await readOwnUid(paths));
    });

  return {
    ensureServer: (spec: ServerSpec) =>
      locked(spec, START_PATIENCE_SECONDS, async (paths) => {
        const known = await readRecord(paths);
        if (!(await isThere(paths.configurationRecord))) {
          throw new AppError('STEP_FAILED', 'The configuration of the server is gone: it cannot be started.');
        }
        await startServer(context, spec, paths, {
          ownerId: spec.instanceId,
          desired: 'running',
          paused: false,
          imageType: spec.imageType,
          postgresVersion: spec.postgresVersion,
          parameters: { ...spec.parameters },
          port: known?.port ?? null,
          process: known?.process ?? null,
          certified: known?.certified ?? false,
          failure: null,
        });
      }),

    readServer: async (ref) => {
      const paths = layout.server(ref);
      const postmaster = await findPostmaster(paths.data);
      return postmaster === null ? describeMissing(paths) : describeRunning(paths, postmaster);
    },

    stopServer: (ref) => stop(ref, { desired: 'stopped' }),
    pauseServer: (ref) => stop(ref, { paused: true }),

    resumeServer: (ref) =>
      locked(ref, START_PATIENCE_SECONDS, async (paths) => {
        const record = await readRecord(paths);
        if (record === null || record.desired !== 'running') return false;
        if ((await findPostmaster(paths.data)) !== null) return false;
        await startServer(context, ref, paths, record);
        return true;
      }),

    removeServer: async (ref) => {
      await locked(ref, stopPatienceSeconds, async (paths) => {
        await stopPostmaster(paths.data, context.stopGraceMs, await readOwnUid(paths));
        await rm(paths.serverRecord, { force: true });
        for (const file of [paths.log, `${paths.log}.1`]) await rm(file, { force: true });
        await rm(paths.socket, { recursive: true, force: true });
      });
    },
  };
}
