import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { ServerPhase, ServerStatus } from '../../../jobs/ports/platform/servers.ts';
import type { ServerEndpoint } from '../../../jobs/ports/records.ts';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { SUPERUSER_NAME } from '../../../jobs/ports/superuser.ts';
import { AppError, assertNever } from '../../../schema/errors.ts';
import type { HealthStatus } from '../../../schema/states.ts';
import type { Logger } from '../../log/logger.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { WatchedInstance } from '../../stores/upkeep/health.ts';

export interface CheckDependencies {
  readonly platform: Pick<Platform, 'readServer'>;
  readonly probe: Pick<ServerProbe, 'connect'>;
  readonly secrets: Pick<SecretBox, 'decrypt'>;
  readonly log: Logger;
  readonly timeoutMs: number;
}

/** What one look at a server found. */
export interface Verdict {
  readonly status: HealthStatus;
  readonly latencyMs: number | null;
  readonly message: string | null;
  /** What the platform says of it; null when it was not asked or does not answer. */
  readonly phase: ServerPhase | null;
  /** The platform says that no process is there, and that there is data to start one on. */
  readonly isDown: boolean;
  /** Where it answers, when that is elsewhere than recorded. */
  readonly movedTo: ServerEndpoint | null;
}

const STOPPED_BY_OTHERS =
  'The server is RUNNING by its record, and was stopped by an operation that is not recorded here: the records may be of ' +
  'an older or another database. It is left as it is; restart the instance to have it run.';

type Findings = Partial<Omit<Verdict, 'status' | 'message'>>;

function unwell(message: string, findings: Findings = {}): Verdict {
  return { status: 'UNHEALTHY', latencyMs: null, message, phase: null, isDown: false, movedTo: null, ...findings };
}

/**
 * Connects once with the recorded password; only when that fails the platform is asked why. Never throws: what hinders
 * the look itself (a key that is not configured) is UNKNOWN.
 */
export async function checkServer(dependencies: CheckDependencies, instance: WatchedInstance): Promise<Verdict> {
  try {
    return await check(dependencies, instance);
  } catch (error) {
    const isForUsers = error instanceof AppError;
    if (!isForUsers) dependencies.log.error({ err: error, instanceId: instance.id }, 'a health check failed');
    const message = isForUsers ? error.message : 'It could not be checked: see the log of the server that checks.';
    return { ...unwell(message), status: 'UNKNOWN' };
  }
}

async function check(dependencies: CheckDependencies, instance: WatchedInstance): Promise<Verdict> {
  const { platform, secrets } = dependencies;
  const password = secrets.decrypt(instance.encryptedPassword, instance.id);
  const answer = instance.endpoint === null ? null : await connect(dependencies, instance, instance.endpoint, password);
  if (answer !== null && !(answer instanceof AppError)) return answer;
  const status = await platform.readServer(instance).catch((error: unknown) => {
    if (error instanceof AppError) return error;
    throw error;
  });
  if (status instanceof AppError) return unwell(answer?.message ?? status.message);
  const elsewhere = status.phase === 'READY' ? otherThan(instance.endpoint, status.endpoint) : null;
  if (elsewhere !== null) {
    const there = await connect(dependencies, instance, elsewhere, password);
    if (!(there instanceof AppError)) return { ...there, movedTo: elsewhere };
  }
  return explain(status, answer);
}

async function connect(
  { probe, timeoutMs }: CheckDependencies,
  { imageType }: WatchedInstance,
  { host, port, tls }: ServerEndpoint,
  password: string,
): Promise<Verdict | AppError> {
  const login = { username: SUPERUSER_NAME, password };
  const options = { timeoutMs, durable: imageType === 'PG_DURABLE', libraries: true };
  try {
    const { latencyMs, durableWorkerRunning, durableWorkerDetail } = await probe.connect(
      { host, port, ...(tls === undefined ? {} : { tls }) },
      login,
      options,
    );
    if (durableWorkerRunning === false) {
      const why = durableWorkerDetail ? ` ${durableWorkerDetail}` : '';
      return unwell(`The server answers, but the background worker of pg_durable does not run.${why}`, { latencyMs });
    }
    return { status: 'HEALTHY', latencyMs, message: null, phase: null, isDown: false, movedTo: null };
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function otherThan(recorded: ServerEndpoint | null, found: ServerEndpoint | null): ServerEndpoint | null {
  if (found === null) return null;
  return found.host === recorded?.host && found.port === recorded.port && found.tls === recorded.tls ? null : found;
}

function explain(status: ServerStatus, answer: AppError | null): Verdict {
  const { phase, endpoint, detail, wasStopped = false } = status;
  const because = detail === null ? '' : ` ${detail.replace(/\.?$/, '.')}`;
  switch (phase) {
    case 'READY':
      if (endpoint !== null)
        return unwell(answer?.message ?? 'The server runs, and is not reached where it is recorded.');
      return unwell(`The server runs, but nobody reaches it:${because || ' the platform has given it no address.'}`, {
        phase,
      });
    case 'STARTING':
      return unwell(detail === null ? 'The server is starting.' : `The server is not up:${because}`, { phase });
    case 'STOPPING':
      return unwell('The server is shutting down, and should run.');
    case 'STOPPED':
      if (wasStopped) return unwell(STOPPED_BY_OTHERS, { phase });
      return unwell(`The server should run, and does not.${because}`, { phase, isDown: true });
    case 'FAILED':
      return unwell(`The server should run, and does not.${because}`, { phase, isDown: true });
    case 'ABSENT':
      return unwell('Nothing of the server is left on the platform: restore it from an image.');
    default:
      return assertNever(phase);
  }
}
