import type { PgBoss } from 'pg-boss';
import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import { readStandings } from '../../stores/runs/watch.ts';
import { pause } from '../../waiting/pause.ts';
import { RUN_IS_OURS_MS } from '../queue/boss.ts';
import { Interrupted, type RunControl } from './run-control.ts';
import type { RunInHand } from './run-in-hand.ts';

/** A queue job that this worker has taken, and what has become of it so far. */
export interface HeldRun {
  readonly queue: string;
  readonly jobId: string;
  /** Which attempt of the queue's job this is. */
  readonly retryCount: number;
  readonly operationId: string;
  readonly control: RunControl;
  /** Null until it is claimed. */
  inHand: RunInHand | null;
  /** By `performance.now()`: until then nobody else can have it. */
  oursUntil: number;
}

/** The runs in this worker's hands. */
export interface HeldRuns {
  readonly size: number;
  add(held: HeldRun): void;
  remove(held: HeldRun): void;
  all(): readonly HeldRun[];
  /** Tells the queue that they are worked on, and gives up those that it has given to others. */
  touch(): Promise<void>;
  /**
   * Resolves while nobody else can have the run. A process that was frozen or cut off for longer than the queue waits asks
   * first, however long that takes. Throws Interrupted when the run is another worker's, or is to go on no longer here.
   */
  requireOurs(held: HeldRun): Promise<void>;
  /** Looks whether any was cancelled or taken over. */
  look(): Promise<void>;
  /** Looks at it soon, if it is one of them: it may have been cancelled. */
  hint(operationId: string): void;
}

const ASK_AGAIN_MS = 500;

export function createHeldRuns(database: Database, boss: PgBoss, log: Logger): HeldRuns {
  const runs = new Set<HeldRun>();
  let touching: Promise<void> | null = null;

  async function touchAll(): Promise<void> {
    const queues = Map.groupBy(runs, (held) => held.queue);
    for (const [queue, held] of queues) {
      const attempts = held.map(({ jobId, retryCount }) => ({ id: jobId, retryCount }));
      const askedAt = performance.now();
      const touched = settledIds(await boss.touch(queue, attempts));
      for (const each of held) {
        if (touched.has(each.jobId)) each.oursUntil = askedAt + RUN_IS_OURS_MS;
        else each.control.supersede();
      }
    }
  }

  function touch(): Promise<void> {
    touching ??= touchAll().finally(() => {
      touching = null;
    });
    return touching;
  }

  async function lookAt(some: readonly HeldRun[]): Promise<void> {
    const standings = new Map((await readStandings(database, some.map(idOf))).map((each) => [each.id, each]));
    for (const held of some) {
      const now = standings.get(held.operationId);
      if (held.inHand === null) continue;
      if (now === undefined || now.fence > held.inHand.by.fence) held.control.supersede();
      else if (now.state === 'CANCELLING') held.control.cancel();
    }
  }

  return {
    get size() {
      return runs.size;
    },
    add(held) {
      runs.add(held);
    },
    remove(held) {
      runs.delete(held);
    },
    all: () => [...runs],
    look: () => lookAt([...runs]),
    touch,
    async requireOurs(held) {
      const { lost } = held.control;
      while (!lost.aborted && performance.now() >= held.oursUntil) {
        await touch().catch(() => pause(ASK_AGAIN_MS, lost));
      }
      if (lost.aborted) throw new Interrupted(held.control.backward.reason ?? 'superseded');
    },
    hint(operationId) {
      const hinted = [...runs].filter((held) => held.operationId === operationId);
      if (hinted.length > 0) lookAt(hinted).catch(() => log.debug('a look at a run failed; the next one comes'));
    },
  };
}

const idOf = (held: HeldRun) => held.operationId;

/** The ids that the queue still knows as ours; its type does not tell them. */
function settledIds(response: unknown): ReadonlySet<string> {
  const { settled } = response as { settled?: readonly string[] };
  if (!Array.isArray(settled)) throw new Error('the queue does not tell which jobs it has touched');
  return new Set(settled);
}
