import type { InstanceRecord, InstanceRecords } from '../../../jobs/ports/records.ts';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { SUPERUSER_NAME } from '../../../jobs/ports/superuser.ts';
import { notFound } from '../../../resolvers/ids.ts';
import type { ConnectionFinding } from '../../../resolvers/ports/queries.ts';
import { AppError, assertNever } from '../../../schema/errors.ts';
import { isUuid } from '../../../schema/rules/id-rules.ts';

const PROBE_TIMEOUT_MS = 10_000;

/** What a connection check looks things up in, and connects with. */
export interface ConnectionDependencies {
  readonly instances: Pick<InstanceRecords, 'read' | 'readPassword'>;
  readonly probe: Pick<ServerProbe, 'connect'>;
}

function refused(code: string, message: string): ConnectionFinding {
  return { ok: false, serverVersion: null, latencyMs: null, durableWorkerRunning: null, failure: { code, message } };
}

/** Why an instance without endpoint cannot be reached, and what to do. */
function explainAbsence({ name, state }: InstanceRecord): string {
  const is = `The instance "${name}" is ${state}`;
  switch (state) {
    case 'CREATING':
      return `${is}: wait until it is RUNNING.`;
    case 'STOPPED':
      return `${is}: start it.`;
    case 'RUNNING':
      return `${is}, but the platform has given it no address yet: try again in a moment.`;
    case 'FAILED':
    case 'DELETING':
    case 'DELETED':
      return `${is}: there is no server to connect to.`;
    default:
      return assertNever(state);
  }
}

/** Connects as a client would. What hinders it is the finding; only an unknown id is an error, NOT_FOUND. */
export async function findConnection(
  { instances, probe }: ConnectionDependencies,
  instanceId: string,
): Promise<ConnectionFinding> {
  if (!isUuid(instanceId)) throw notFound('instance', 'instanceId');
  const instance = await instances.read(instanceId).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'NOT_FOUND' ? notFound('instance', 'instanceId') : error;
  });
  if (instance.endpoint === null || instance.state === 'DELETED') {
    return refused('CONFLICT', explainAbsence(instance));
  }
  const { host, port, tls } = instance.endpoint;
  const address = { host, port, ...(tls === undefined ? {} : { tls }) };
  const durable = instance.imageType === 'PG_DURABLE';
  try {
    const login = { username: SUPERUSER_NAME, password: await instances.readPassword(instance.id) };
    const facts = await probe.connect(address, login, { timeoutMs: PROBE_TIMEOUT_MS, durable });
    return { ok: true, ...facts, failure: null };
  } catch (error) {
    if (error instanceof AppError) return refused(error.code, error.message);
    throw error;
  }
}
