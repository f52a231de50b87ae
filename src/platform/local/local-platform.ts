import { statfs } from 'node:fs/promises';
import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { Logger } from '../../log/logger.ts';
import { takeLock } from '../../machine/file-lock.ts';
import type { PostgresPrograms } from '../../postgres-programs/find.ts';
import { type ProcessIdentity, readJobUsers, readServerNumbers } from '../../postgres-programs/identity.ts';
import { isLogLarge, rotateServerLog } from '../../postgres-programs/server-log.ts';
import type { CertificateSource } from '../../secrets/certificates/certificate-source.ts';
import { type LocalContext, prepareLayout } from './context.ts';
import { withSystemErrorsTranslated } from './file-errors.ts';
import { followJobLog } from './jobs/job-logs.ts';
import { defaultJobMemory } from './jobs/job-memory.ts';
import { createJobs } from './jobs/job-verbs.ts';
import { layoutOf } from './layout.ts';
import { listLocalObjects } from './objects.ts';
import { readLocalOffers } from './offers.ts';
import { renewCertificates } from './servers/server-certificate.ts';
import { createServerExits, type ServerExits } from './servers/server-exits.ts';
import { createServerLogins } from './servers/server-login.ts';
import { followServerLog } from './servers/server-logs.ts';
import { createServerParts } from './servers/server-parts.ts';
import { listServers } from './servers/server-records.ts';
import { createServers } from './servers/server-verbs.ts';

const ROTATE_INTERVAL_MS = 60_000;
const RENEW_INTERVAL_MS = 6 * 3_600_000;
/** pg_durable was seen to take up to 30 s for a fast shutdown. */
const STOP_GRACE_MS = 40_000;

export interface LocalPlatformOptions {
  /** Names the home for ever, whatever its path: records belong to `local:<home id>`. */
  readonly homeId: string;
  /** Absolute, made when absent. The unprivileged user must be able to enter every directory above it. */
  readonly stateDirectory: string;
  readonly programs: readonly PostgresPrograms[];
  readonly identity: ProcessIdentity | null;
  /** Null: jobs find no azcopy unless the system has one. */
  readonly azcopyPath: string | null;
  /** Holds a script for each kind of job that has one, and what they source; the runner has a program for the others. */
  readonly scriptsDirectory: string;
  /** What runs beside the data, as `src/bundle-runner.mjs` makes it. */
  readonly runnerDirectory: string;
  readonly jobConcurrency: number;
  /** What the processes of a job may hold of memory in all; more ends it. Default: a part of the machine's. */
  readonly jobMemoryBytes?: number | null;
  /** The default first. */
  readonly namespaces: readonly string[];
  /** Default: servers have no certificates. */
  readonly certificates?: CertificateSource | null;
  readonly log: Logger;
  /** How long a server may take for a fast shutdown before it is stopped harder. Default 40 s. */
  readonly stopGraceMs?: number;
}

export interface LocalPlatform extends Platform, ServerExits {
  /** Ends jobs (INTERRUPTED) and then servers in order, remembering which servers are meant to run. Again: no effect. */
  suspend(): Promise<void>;
  /** Starts the servers that are meant to run. One that cannot be started is logged and does not hold up the others. */
  resume(): Promise<void>;
  /** Ends our own timers; servers and jobs go on. */
  stop(): Promise<void>;
}

function createKeeper(context: LocalContext): { stop(): void } {
  const rotate = async () => {
    for (const { paths } of await listServers(context.layout)) {
      if (!(await isLogLarge(paths.log))) continue;
      const lock = await takeLock(paths.lock, 0);
      // Whoever changes the server at the moment does not keep the log from being rotated the next time.
      if (lock === null) continue;
      await rotateServerLog(paths.log).finally(() => lock.release());
    }
  };
  const look = (work: () => Promise<void>, what: string, intervalMs: number) =>
    setInterval(() => {
      work().catch((error: unknown) => context.log.warn({ err: error }, `cannot look after the ${what} of servers`));
    }, intervalMs).unref();
  const timers = [
    look(rotate, 'logs', ROTATE_INTERVAL_MS),
    look(() => renewCertificates(context), 'certificates', RENEW_INTERVAL_MS),
  ];
  return { stop: () => timers.forEach(clearInterval) };
}

/**
 * Runs servers and jobs as processes of this machine, with all state below one directory.
 *
 * Whoever opens the same directory, after a crash or beside another process, adopts what runs and knows what has ended.
 * Servers listen on loopback only, whatever the exposure says.
 */
export async function createLocalPlatform(options: LocalPlatformOptions): Promise<LocalPlatform> {
  const layout = layoutOf(options.stateDirectory);
  const jobUsers = options.identity === null ? null : await readJobUsers();
  const serverNumbers = options.identity === null ? null : await readServerNumbers();
  const context: LocalContext = {
    ...options,
    certificates: options.certificates ?? null,
    layout,
    jobUsers,
    serverNumbers,
    jobMemoryBytes: options.jobMemoryBytes ?? defaultJobMemory(),
    stopGraceMs: options.stopGraceMs ?? STOP_GRACE_MS,
  };
  await prepareLayout(context);
  const { pauseServer, resumeServer, ...servers } = createServers(context);
  const { interruptJobs, ...jobs } = createJobs(context);
  const keeper = createKeeper(context);

  return withSystemErrorsTranslated<LocalPlatform>({
    kind: 'local',
    id: `local:${options.homeId}`,
    namespaces: options.namespaces,
    readOffers: () => readLocalOffers(context.programs),
    readFreeBytes: async () => {
      const { bavail, bsize } = await statfs(options.stateDirectory);
      return bavail * bsize;
    },
    givesPublicNames: false,
    hostsAsAsked: false,
    checkHosting: async () => undefined,
    tellsConnections: false,
    ensureConnection: async () => undefined,
    removeConnection: async () => undefined,
    ...createServerParts(context),
    ...createServerExits(layout),
    ...createServerLogins(context),
    ...servers,
    ...jobs,
    followJobLogs: (ref, follow) => followJobLog(layout, ref, follow),
    followServerLogs: (ref, follow) => followServerLog(layout, ref, follow),
    readNamespaces: async () => options.namespaces.map((name) => ({ name, failure: null })),
    listObjects: async (namespaces) => {
      const objects = await listLocalObjects(layout);
      return namespaces === undefined ? objects : objects.filter(({ namespace }) => namespaces.includes(namespace));
    },

    suspend: async () => {
      await interruptJobs();
      const all = await listServers(layout);
      const results = await Promise.allSettled(all.map(({ ref }) => pauseServer(ref)));
      for (const result of results) {
        if (result.status === 'rejected') context.log.error({ err: result.reason }, 'cannot stop a server in order');
      }
    },

    resume: async () => {
      const all = await listServers(layout);
      await Promise.all(
        all.map(async ({ ref }) => {
          try {
            if (await resumeServer(ref)) context.log.info({ server: ref.resourceName }, 'server started again');
          } catch (error) {
            context.log.error({ err: error, server: ref.resourceName }, 'cannot start a server again');
          }
        }),
      );
    },

    stop: async () => keeper.stop(),
  });
}
