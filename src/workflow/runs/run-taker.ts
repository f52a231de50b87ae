import type { PgBoss } from 'pg-boss';
import type { Workflow } from '../../../jobs/workflow/define-workflow.ts';
import { claimRun } from '../../stores/runs/claim.ts';
import { notifyWork } from '../../stores/runs/sweep.ts';
import { pause } from '../../waiting/pause.ts';
import { executeRun, type RunEnd, takeInHand } from '../engine.ts';
import { fenceServices } from '../fenced-services.ts';
import { persist } from '../persist.ts';
import { RUN_IS_OURS_MS } from '../queue/boss.ts';
import type { HeldRun, HeldRuns } from './held-runs.ts';
import { createRunControl, Interrupted } from './run-control.ts';
import type { FetchedRun } from './run-feed.ts';
import type { EngineDeps } from './run-in-hand.ts';

export interface RunTakerOptions {
  readonly deps: EngineDeps;
  readonly boss: PgBoss;
  readonly held: HeldRuns;
  readonly platformId: string;
  readonly workflowOf: ReadonlyMap<string, Workflow>;
  readonly concurrency: number;
  readonly maxRuns: number;
  /** Told when there may be room for more. */
  onRoom(): void;
}

/** Takes fetched runs in hand and tells the queue what became of them. */
export interface RunTaker {
  /** How many more runs it would take now. */
  room(): number;
  take(fetched: FetchedRun): void;
  /** Resolves when it holds no run any more, or when the time is over. */
  idle(ms: number): Promise<void>;
}

export function createRunTaker(options: RunTakerOptions): RunTaker {
  const { deps, boss, held, platformId, concurrency } = options;
  const { database, log } = deps;
  const ends = new Set<Promise<void>>();
  let parked = 0;

  function onParked(more: boolean): void {
    parked += more ? 1 : -1;
    if (more) options.onRoom();
  }

  function take(fetched: FetchedRun): void {
    const { operationId, queue, jobId, retryCount, askedAt } = fetched;
    const oursUntil = askedAt + RUN_IS_OURS_MS;
    const control = createRunControl();
    const one: HeldRun = { queue, jobId, retryCount, operationId, control, inHand: null, oursUntil };
    // The queue gave this process a run that it still has: it had lost it without knowing.
    for (const other of held.all()) if (other.operationId === operationId) other.control.supersede();
    held.add(one);
    const end = bringToEnd(one, fetched.run)
      .catch((error: unknown) => {
        // Nothing was decided. Without heartbeats the queue offers the run again in a while.
        log.error({ err: error, operationId }, 'a run could not be gone on with');
      })
      .finally(() => {
        held.remove(one);
        ends.delete(end);
        options.onRoom();
      });
    ends.add(end);
  }

  async function bringToEnd(one: HeldRun, run: number): Promise<void> {
    const end = await execute(one, run);
    const attempt = { id: one.jobId, retryCount: one.retryCount };
    try {
      if (end === 'ended') await boss.complete(one.queue, attempt);
      if (end === 'handed-back') {
        await boss.fail(one.queue, attempt, { reason: 'handed back' });
        await notifyWork(database.orm, platformId);
      }
    } catch {
      // Whoever is offered the run next sees from its rows what is left to do, and that may be nothing.
      log.warn({ operationId: one.operationId }, 'the queue was not told of the end of a run');
    }
  }

  async function execute(one: HeldRun, run: number): Promise<RunEnd> {
    const workflow = options.workflowOf.get(one.queue);
    if (workflow === undefined) throw new Error(`no workflow belongs to queue ${one.queue}`);
    try {
      const claimed = await persist(one.control.lost, log, () => claimRun(database, one.operationId, run));
      if (claimed === null) return 'ended';
      deps.teller.tell(claimed.id, claimed.sequence);
      deps.meter.runClaimed({ workflow: claimed.workflow, takeover: claimed.resumed || one.retryCount > 0 });
      const inHand = takeInHand(claimed, one.control, onParked);
      one.inHand = inHand;
      const services = fenceServices(deps.services, () => held.requireOurs(one));
      return await executeRun({ ...deps, services }, workflow, claimed, inHand);
    } catch (error) {
      if (error instanceof Interrupted) return one.control.forward.reason === 'stopping' ? 'handed-back' : 'superseded';
      throw error;
    }
  }

  return {
    take,
    // A few runs more than there are slots, so that none stands idle; the rest is left to other workers.
    room: () => Math.min(options.maxRuns - held.size, 2 * concurrency - (held.size - parked)),
    async idle(ms) {
      const done = new AbortController();
      const all = Promise.allSettled(ends).then(() => done.abort());
      await Promise.race([all, pause(ms, done.signal)]);
      done.abort();
    },
  };
}
