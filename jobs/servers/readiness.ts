import { AppError, assertNever } from '../../schema/errors.ts';
import type { Platform } from '../ports/platform/platform.ts';
import type { ServerSpec } from '../ports/platform/servers.ts';
import type { Poll, UntilOptions } from '../workflow/context.ts';
import { type Started, startedOf } from './started.ts';

/** Where a server is reached, as a step returns it. */
export type Endpoint = Started & {
  readonly host: string;
  readonly port: number;
  readonly dnsName: string | null;
  readonly tls?: string;
};

/** A server replays what it missed before it is ready, and a cloud takes minutes for a volume or an address. */
export const READINESS: UntilOptions = { timeoutMs: 600_000, intervalMs: 250, attempts: 10 };

/**
 * One look whether the server takes connections and where. A server that was stopped meanwhile is started again.
 * Throws STEP_FAILED with the server's own reason when it cannot come up by itself.
 */
export async function lookWhetherReady(platform: Platform, spec: ServerSpec): Promise<Poll<Endpoint>> {
  const status = await platform.readServer(spec);
  const { phase, endpoint, detail } = status;
  const waiting = (message: string): Poll<Endpoint> => ({ progress: { message } });
  switch (phase) {
    case 'READY':
      if (endpoint === null) return waiting(detail ?? 'waiting for an address');
      return {
        done: {
          host: endpoint.host,
          port: endpoint.port,
          dnsName: endpoint.dnsName,
          ...(endpoint.tls === undefined ? {} : { tls: endpoint.tls }),
          ...startedOf(status),
        },
      };
    case 'STARTING':
      return waiting(detail ?? 'starting');
    case 'STOPPING':
      return waiting('waiting for an earlier server to end');
    case 'ABSENT':
    case 'STOPPED':
      // The control plane was stopped in the middle of this wait, and stopped the server with itself.
      await platform.ensureServer(spec);
      return waiting('starting');
    case 'FAILED':
      throw new AppError('STEP_FAILED', `The server did not come up: ${detail ?? 'it gave no reason; see its log'}.`);
    default:
      return assertNever(phase);
  }
}
