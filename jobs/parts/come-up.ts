import { AppError, assertNever } from '../../schema/errors.ts';
import type { Platform, ServerSpec } from '../ports/platform.ts';
import { SUPERUSER_NAME } from '../ports/superuser.ts';
import type { Poll, RunFacts, StepOptions, UntilOptions, WorkflowServices } from '../workflow/context.ts';
import { readServerSpec } from './server-spec.ts';

type Context = WorkflowServices & RunFacts;

/** Where a server is reached, as a step returns it. */
export type Endpoint = { readonly host: string; readonly port: number; readonly dnsName: string | null };

/** A server replays what it missed before it is ready, and a cloud takes minutes for a volume or an address. */
export const READINESS: UntilOptions = { timeoutMs: 600_000, intervalMs: 500, attempts: 10 };

/**
 * Tries at 0, 2, 6, 14, 30, 60, 90 and 120 s: the DNS of a cloud's load balancer takes 60 to 90 s and more, and says
 * "unknown name" at once until then. Each try has its own time limit besides.
 */
export const CONNECTION_TEST: StepOptions = { attempts: 8, delayMs: 2_000, maxDelayMs: 30_000, timeoutMs: 20_000 };
const ONE_TRY_MS = 10_000;

/** One look whether the server takes connections and where. A server that was stopped meanwhile is started again. */
export async function lookWhetherReady(context: Context, instanceId: string): Promise<Poll<Endpoint>> {
  return lookAtServer(context.platform, await readServerSpec(context, instanceId));
}

async function lookAtServer(platform: Platform, spec: ServerSpec): Promise<Poll<Endpoint>> {
  const { phase, endpoint, detail } = await platform.readServer(spec);
  const waiting = (message: string): Poll<Endpoint> => ({ progress: { message } });
  switch (phase) {
    case 'READY':
      if (endpoint === null) return waiting('waiting for an address');
      return { done: { host: endpoint.host, port: endpoint.port, dnsName: endpoint.dnsName } };
    case 'STARTING':
      return waiting(detail ?? 'starting');
    case 'STOPPING':
      return waiting('waiting for an earlier server to end');
    case 'ABSENT':
    case 'STOPPED':
      // The control plane stopped it with itself, in the middle of this wait.
      await platform.ensureServer(spec);
      return waiting('starting');
    case 'FAILED':
      throw new AppError('STEP_FAILED', `The server did not come up: ${detail ?? 'it gave no reason; see its log'}.`);
    default:
      return assertNever(phase);
  }
}

/** Connects once as a client would, with the recorded password. */
export async function testConnection(context: Context, instanceId: string, endpoint: Endpoint): Promise<void> {
  const { imageType } = await context.instances.read(instanceId);
  const password = await context.instances.readPassword(instanceId);
  await context.probe.connect(
    endpoint,
    { username: SUPERUSER_NAME, password },
    { timeoutMs: ONE_TRY_MS, durable: imageType === 'PG_DURABLE' },
  );
}
