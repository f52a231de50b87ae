import type { Platform } from '../ports/platform/platform.ts';
import type { ServerSpec } from '../ports/platform/servers.ts';
import { OWNER_NAME, SUPERUSER_NAME } from '../ports/superuser.ts';
import type { Poll, RunFacts, StepOptions, StepScope, UndoContext, WorkflowServices } from '../workflow/context.ts';
import { type Endpoint, lookWhetherReady } from './readiness.ts';
import { readServerSpec } from './server-spec.ts';

type Context = WorkflowServices & RunFacts;
type Work = (scope: StepScope) => Promise<void>;

/** Making a cluster on a busy machine. */
export const MAKING: StepOptions = { timeoutMs: 180_000 };
/** A fast shutdown writes all that is in memory first. */
export const STOPPING: StepOptions = { timeoutMs: 600_000 };
/** Removing a large volume takes its time. */
export const REMOVING: StepOptions = { timeoutMs: 600_000 };

/**
 * Tries at 0, 2, 6, 14, 30, 60, 90 and 120 s: the DNS of a cloud's load balancer takes 60 to 90 s and more, and says
 * "unknown name" at once until then. Each try has its own time limit besides.
 */
export const CONNECTION_TEST: StepOptions = { attempts: 8, delayMs: 2_000, maxDelayMs: 30_000, timeoutMs: 20_000 };
const ONE_TRY_MS = 10_000;

/** What steps do with the server of an instance. Each reads the record anew: what runs is what is recorded. */
export interface ServerSteps {
  readonly ensureVolume: Work;
  /** The password goes from the record to the platform and nowhere else. */
  readonly ensureSecret: Work;
  readonly ensureConfiguration: Work;
  readonly start: Work;
  /**
   * The same for a server that was there before: makes what of it is missing, and gives one that cannot come up by itself
   * another try as it would be made now.
   */
  readonly startAgain: Work;
  readonly stop: Work;
  /** The same for one whose data is to go. */
  readonly stopForGood: Work;
  readonly remove: Work;
  readonly removeConfiguration: Work;
  readonly removeSecret: Work;
  /** Removes the data. */
  readonly removeVolume: Work;
  /** Done, with where clients reach it, when the server takes connections. */
  readonly ready: (scope: StepScope) => Promise<Poll<Endpoint>>;
  /** Connects once as a client would, with the recorded password. */
  readonly connectAt: (endpoint: Endpoint) => Work;
  /** The same on a server that was made empty, which then gets the login that is no superuser, where one is recorded. */
  readonly connectFirstAt: (endpoint: Endpoint) => Work;
}

/** Makes all that a server needs beside its volume, as far as it is missing, and has it run. */
export async function completeServer(
  platform: Pick<Platform, 'ensureSecret' | 'ensureConfiguration' | 'ensureServer'>,
  spec: ServerSpec,
  password: string,
): Promise<void> {
  await platform.ensureSecret(spec, { username: SUPERUSER_NAME, password });
  await platform.ensureConfiguration(spec);
  await platform.ensureServer(spec);
}

/** The steps of one instance's server. Work that is aborted before it reaches the platform does not reach it. */
export function serverOf(context: Context, instanceId: string): ServerSteps {
  const { platform, instances, probe } = context;
  const onServer =
    (verb: (spec: ServerSpec) => Promise<void>): Work =>
    async ({ signal }) => {
      const spec = await readServerSpec(context, instanceId);
      signal.throwIfAborted();
      await verb(spec);
    };

  const connectAt =
    (endpoint: Endpoint): Work =>
    async () => {
      const { imageType } = await instances.read(instanceId);
      const password = await instances.readPassword(instanceId);
      const options = { timeoutMs: ONE_TRY_MS, durable: imageType === 'PG_DURABLE' };
      await probe.connect(endpoint, { username: SUPERUSER_NAME, password }, options);
    };

  return {
    ensureVolume: onServer((spec) => platform.ensureVolume(spec)),
    ensureSecret: onServer(async (spec) => {
      const password = await instances.readPassword(instanceId);
      await platform.ensureSecret(spec, { username: SUPERUSER_NAME, password });
    }),
    ensureConfiguration: onServer((spec) => platform.ensureConfiguration(spec)),
    start: onServer((spec) => platform.ensureServer(spec)),
    startAgain: async ({ signal, report }) => {
      const spec = await readServerSpec(context, instanceId);
      const password = await instances.readPassword(instanceId);
      const { phase, isOutdated = false } = await platform.readServer(spec);
      signal.throwIfAborted();
      if (isOutdated) report({ message: 'it gets the image, scripts and settings of this release' });
      if (phase === 'FAILED') await platform.stopServer(spec);
      await completeServer(platform, spec, password);
    },
    stop: onServer((spec) => platform.stopServer(spec)),
    stopForGood: onServer((spec) => platform.stopServer(spec, { forGood: true })),
    remove: onServer((spec) => platform.removeServer(spec)),
    removeConfiguration: onServer((spec) => platform.removeConfiguration(spec)),
    removeSecret: onServer((spec) => platform.removeSecret(spec)),
    removeVolume: onServer((spec) => platform.removeVolume(spec)),

    ready: async ({ signal }) => {
      const spec = await readServerSpec(context, instanceId);
      signal.throwIfAborted();
      return lookWhetherReady(platform, spec);
    },

    connectAt,

    connectFirstAt: (endpoint) => async (scope) => {
      await connectAt(endpoint)(scope);
      const ownerPassword = await instances.readOwnerPassword(instanceId);
      // One whose creation began before there was such a login.
      if (ownerPassword === null) return;
      const login = { username: SUPERUSER_NAME, password: await instances.readPassword(instanceId) };
      scope.signal.throwIfAborted();
      const owner = { username: OWNER_NAME, password: ownerPassword };
      await probe.ensureOwner(endpoint, login, owner, { timeoutMs: ONE_TRY_MS });
    },
  };
}

/** Takes back all that a creation may have made, the data last. */
export async function takeDownServer(context: UndoContext, instanceId: string): Promise<void> {
  const { undo } = context;
  const server = serverOf(context, instanceId);
  await undo('Remove the server', server.remove);
  await undo('Remove the configuration', server.removeConfiguration);
  await undo('Remove the secret', server.removeSecret);
  await undo('Remove the volume', server.removeVolume);
}
