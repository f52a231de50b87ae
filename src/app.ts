import { workflows } from '../jobs/registry.ts';
import { AppError } from '../schema/errors.ts';
import { startAlerts } from './app/alerts.ts';
import { openCore } from './app/core.ts';
import { type Foundations, layFoundations } from './app/foundations.ts';
import { observeRecords } from './app/metrics.ts';
import type { Mode } from './app/mode.ts';
import { openProbes } from './app/probes.ts';
import { readRelease } from './app/release.ts';
import { startSchedules } from './app/schedules.ts';
import { Stops } from './app/stops.ts';
import { untilUp } from './app/until-up.ts';
import { startWebhooks } from './app/webhooks.ts';
import type { Config } from './config/env.ts';
import { isDatabaseUnavailable } from './db/errors.ts';
import { explainUnusable, isNotUpYet } from './db/unusable.ts';
import { keepFirstPassword, tokenFile } from './embedded/kept-secret.ts';
import type { Logger } from './log/logger.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createUpkeep } from './upkeep/upkeep.ts';
import { createWorker } from './workflow/worker.ts';

/** Steps in hand may take so long to end by themselves before they are handed back to the queue. */
const STEP_GRACE_MS = 20_000;

/** Somebody who can sign in, with the password or the file that holds it. */
export type FirstAdministrator = { readonly username: string } & (
  | { readonly password: string }
  | { readonly file: string }
);

export interface StartOptions {
  /** Whether secrets may be shown to whoever started it. Default false. */
  readonly showsSecrets?: boolean;
  /** Aborted when the start is to go no further; then it throws what the signal says. */
  readonly signal?: AbortSignal | null;
}

/** What is being started when a stop is asked for is let come up or fail first, so that it can be stopped. */
const START_GRACE_MS = 60_000;
/** Each server is given time for a fast shutdown, and less for a harder one. */
const SUSPEND_MS = 120_000;

/** A server that runs. */
export interface RunningApp {
  /** Where the API answers, ending in `/graphql`; null for one that only works. */
  readonly url: string | null;
  /** Where a server of its own answers /health, /ready and /metrics; null when none was asked for. */
  readonly probesUrl: string | null;
  /** The file that holds the administrator's token; null when the token was configured. */
  readonly tokenFile: string | null;
  /** The first administrator when its password was made at this start: to be shown this once. */
  readonly firstAdministrator: FirstAdministrator | null;
  /**
   * Takes no new work, lets steps end or hands them back, and stops what was started in the reverse order: jobs before the
   * servers that they read, the embedded services last. Again: the same promise.
   */
  stop(): Promise<void>;
}

/**
 * Starts a server. Resolves when it answers and takes work; throws an AppError that says what to do, with everything
 * stopped again, when it cannot start. A connection to the records that is dropped meanwhile begins it again, for as long as
 * a start waits. `showsSecrets`: what is shown once is read by somebody who sits there, and kept nowhere; else it is put into
 * a file of this home.
 */
export async function startApp(
  config: Config,
  mode: Mode,
  log: Logger,
  options: StartOptions = {},
): Promise<RunningApp> {
  const dropped = new WeakSet<object>();
  return untilUp(() => startOnce(config, mode, log, options, dropped), {
    what: 'the database of records',
    waitMs: config.startWaitMs,
    log,
    // A home that is not there says ENOENT, as a socket does: only what came of the records counts.
    mayPass: (error) => typeof error === 'object' && error !== null && dropped.has(error),
    signal: options.signal ?? null,
  });
}

async function startOnce(
  config: Config,
  mode: Mode,
  log: Logger,
  { showsSecrets = false, signal = null }: StartOptions,
  dropped: WeakSet<object>,
): Promise<RunningApp> {
  await using stops = new Stops(log, signal);
  const starting = startAll(config, mode, log, stops, showsSecrets, dropped);
  // Awaited here: what was started is stopped when this has failed, and not before.
  return await (signal === null ? starting : Promise.race([starting, hangingStart(signal)]));
}

async function startAll(
  config: Config,
  mode: Mode,
  log: Logger,
  stops: Stops,
  showsSecrets: boolean,
  dropped: WeakSet<object>,
): Promise<RunningApp> {
  const foundations = await layFoundations(config, mode, log, stops);
  try {
    return await startOn(foundations, config, mode, log, stops, showsSecrets);
  } catch (error) {
    // As it was thrown it holds a statement with its parameters.
    const told = explainUnusable(error, foundations.databaseUrl);
    const isDropped = isDatabaseUnavailable(error) || (!(error instanceof AppError) && isNotUpYet(error));
    if (isDropped && typeof told === 'object' && told !== null) dropped.add(told);
    throw told;
  }
}

async function showFirst(
  { adminUsername: username, home }: Config,
  password: string,
  showsSecrets: boolean,
): Promise<FirstAdministrator> {
  return showsSecrets ? { username, password } : { username, file: await keepFirstPassword(home, password) };
}

/** Rejects when a start that is to end has not come to the next thing for so long. */
async function hangingStart(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await new Promise((resolve) => setTimeout(resolve, START_GRACE_MS).unref());
  throw new AppError('UNAVAILABLE', `The start did not end within ${START_GRACE_MS / 1000} s after it was told to.`);
}

async function startOn(
  foundations: Foundations,
  config: Config,
  mode: Mode,
  log: Logger,
  stops: Stops,
  showsSecrets: boolean,
): Promise<RunningApp> {
  const release = await readRelease();
  const metrics = createMetrics({ release, mode });
  stops.defer('the metrics', () => metrics.stop(), { endsWithUs: true });
  const core = await openCore(config, foundations, log, stops, { schedule: mode !== 'api' });
  observeRecords(metrics, config, core);
  if (mode !== 'api') {
    // Only the standalone server is alone on its home: the servers of the others go on without them.
    if (mode === 'standalone')
      stops.defer('servers and jobs of this home', () => core.platform.suspend(), { withinMs: SUSPEND_MS });
    await core.platform.resume();
    const { platform, ...parts } = core;
    const worker = createWorker({
      ...parts,
      platformId: platform.id,
      workflows,
      concurrency: config.workerConcurrency,
      release,
      meter: metrics.runs,
      log,
    });
    stops.defer('the worker', () => worker.stop({ graceMs: STEP_GRACE_MS }), {
      withinMs: STEP_GRACE_MS + 30_000,
      endsWithUs: true,
    });
    metrics.runs.begin(workflows.map(({ name }) => name));
    await worker.start();
    const { hasExited } = core.platform;
    const upkeep = createUpkeep({
      ...core,
      exits: hasExited === undefined ? null : { hasExited },
      retention: config.keepDays,
      driftGraceMs: config.driftGraceSeconds * 1000,
      log,
    });
    stops.defer('the upkeep', () => upkeep.stop(), { withinMs: 30_000, endsWithUs: true });
    await upkeep.start();
    await startSchedules(config, core, log, stops);
  }
  startAlerts(core, log, stops);
  const webhooks = startWebhooks(config, core, log, stops);
  const identity = { token: foundations.token, release };
  // Half of all that a server loads: a worker goes without.
  const loaded = mode === 'worker' ? null : await import('./app/api.ts');
  const api = (await loaded?.openApi(config, { ...core, webhooks }, identity, metrics, log, stops)) ?? null;
  const probesUrl = await openProbes(config, core, identity, metrics, log, stops);
  // Last: a start that failed after it would have made a password that nobody is told.
  const password = (await api?.ensureFirstAdministrator()) ?? null;
  const owned = stops.move();
  let stopping: Promise<void> | null = null;
  return {
    url: api?.url ?? null,
    firstAdministrator: password === null ? null : await showFirst(config, password, showsSecrets),
    probesUrl,
    tokenFile: config.apiToken === null ? tokenFile(config.home) : null,
    stop: () => {
      stopping ??= owned.disposeAsync();
      return stopping;
    },
  };
}
