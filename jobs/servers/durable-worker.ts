import { SUPERUSER_NAME } from '../ports/superuser.ts';
import type { Poll, UntilOptions, WorkflowServices } from '../workflow/context.ts';
import type { Endpoint } from './readiness.ts';

/** The worker looks for its extension every 5 s, and tries again every 5 s where it is refused. */
export const WORKER_START: UntilOptions = { timeoutMs: 180_000, intervalMs: 500, attempts: 10 };
const ONE_LOOK_MS = 10_000;

/** What a step returns that has something to say to users. */
type Notices = { readonly notices: readonly string[] };

/** Looks at the background worker of a PG_DURABLE server, with the recorded password. */
export function durableWorkerAt(
  { instances, probe }: Pick<WorkflowServices, 'instances' | 'probe'>,
  instanceId: string,
  endpoint: Endpoint,
) {
  const readLogin = async () => ({ username: SUPERUSER_NAME, password: await instances.readPassword(instanceId) });
  const look = async () => probe.connect(endpoint, await readLogin(), { timeoutMs: ONE_LOOK_MS, durable: true });
  const waiting = (detail: string | null | undefined): Poll<never> => ({
    progress: { message: detail ?? 'waiting for the worker of pg_durable' },
  });
  return {
    /** Creates the extension in the database of the worker; it is there already when that ran before. */
    createExtension: async (): Promise<void> => {
      await probe.ensureDurableExtension(endpoint, await readLogin(), { timeoutMs: ONE_LOOK_MS });
    },
    /** Done when the worker is alive: from then on functions run, and can be seen, signalled and cancelled. */
    isAlive: async (): Promise<Poll<null>> => {
      const { durableWorkerRunning, durableWorkerDetail } = await look();
      return durableWorkerRunning ? { done: null } : waiting(durableWorkerDetail);
    },
    /** The same, but a worker that the source had switched off is not waited for: that comes back as it was. */
    isAliveUnlessOff: async (): Promise<Poll<Notices>> => {
      const { durableWorkerRunning, durableWorkerIsOff, durableWorkerDetail } = await look();
      if (durableWorkerRunning) return { done: { notices: [] } };
      if (!durableWorkerIsOff) return waiting(durableWorkerDetail);
      return { done: { notices: [`The worker of pg_durable does not run here. ${durableWorkerDetail ?? ''}`.trim()] } };
    },
  };
}
