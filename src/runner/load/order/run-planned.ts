import type { Task } from '../task.ts';
import type { Planned } from './plan.ts';

/**
 * Who does the work: gives what of it failed. `isAlone`: nobody else has anything to do at the moment. Throws where nothing more can
 * be done at all.
 */
export type Worker = (tasks: readonly Task[], isAlone: boolean) => Promise<readonly Task[]>;

/** Which tasks a worker takes several of at once. */
export interface Sharing {
  readonly mayShare: (planned: Planned) => boolean;
  readonly atMost: number;
}

const ALONE: Sharing = { mayShare: () => false, atMost: 1 };

/**
 * Runs the tasks side by side, one a worker or several that may share, what is ready and has the highest rank first. Gives those that failed and those that wait
 * for one of them, in their order. The first that throws ends all; the others are let finish what they do.
 */
export async function runPlanned(
  planned: readonly Planned[],
  workers: readonly Worker[],
  { mayShare, atMost }: Sharing = ALONE,
): Promise<Task[]> {
  const waiting = new Map(planned.map((one) => [one.task.entry.id, { one, open: new Set(one.after) }]));
  const dependents = new Map<number, number[]>();
  for (const one of planned) {
    for (const id of one.after) dependents.set(id, [...(dependents.get(id) ?? []), one.task.entry.id]);
  }
  const ready = planned.filter(({ after }) => after.size === 0).sort((a, b) => b.rank - a.rank);
  for (const one of ready) waiting.delete(one.task.entry.id);
  const failed = new Set<Task>();
  const locks = new Map<number, number>();
  let isBroken = false;

  const isFree = ({ exclusive, shared }: Planned) =>
    exclusive.every((table) => (locks.get(table) ?? 0) === 0) && shared.every((table) => (locks.get(table) ?? 0) >= 0);
  const hold = ({ exclusive, shared }: Planned, by: 1 | -1) => {
    for (const table of exclusive) locks.set(table, by === 1 ? -1 : 0);
    for (const table of shared) locks.set(table, (locks.get(table) ?? 0) + by);
  };
  const add = (one: Planned) => {
    const at = ready.findIndex(({ rank }) => rank < one.rank);
    ready.splice(at === -1 ? ready.length : at, 0, one);
  };
  const takeOne = (isWanted: (one: Planned) => boolean): Planned | undefined => {
    const at = ready.findIndex((one) => isWanted(one) && isFree(one));
    const [one] = at === -1 ? [] : ready.splice(at, 1);
    if (one !== undefined) hold(one, 1);
    return one;
  };
  /** No more than a worker's share of what is ready. */
  const take = (): Planned[] => {
    const first = takeOne(() => true);
    if (first === undefined) return [];
    const taken = [first];
    const share = Math.min(atMost, Math.ceil(ready.length / workers.length));
    while (mayShare(first) && taken.length < share) {
      const next = takeOne(mayShare);
      if (next === undefined) break;
      taken.push(next);
    }
    return taken;
  };
  const release = (id: number, isDone: boolean): void => {
    for (const next of dependents.get(id) ?? []) {
      const found = waiting.get(next);
      if (found === undefined) continue;
      if (isDone) {
        found.open.delete(id);
        if (found.open.size > 0) continue;
        add(found.one);
        waiting.delete(next);
      } else {
        waiting.delete(next);
        failed.add(found.one.task);
        release(next, false);
      }
    }
  };

  let wake = Promise.withResolvers<void>();
  let busy = 0;
  const work = async (worker: Worker) => {
    while (!isBroken) {
      const next = take();
      if (next.length === 0) {
        if (busy === 0) return;
        await wake.promise;
        continue;
      }
      busy += 1;
      try {
        const isAlone = busy === 1 && !ready.some(isFree);
        const undone = new Set(
          await worker(
            next.map(({ task }) => task),
            isAlone,
          ),
        );
        for (const { task } of next) {
          if (undone.has(task)) failed.add(task);
          release(task.entry.id, !undone.has(task));
        }
      } catch (error) {
        isBroken = true;
        throw error;
      } finally {
        for (const one of next) hold(one, -1);
        busy -= 1;
        wake.resolve();
        wake = Promise.withResolvers<void>();
      }
    }
  };
  const ends = await Promise.allSettled(workers.map(work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  // What waits for itself in a circle is for the second try.
  for (const { one } of waiting.values()) failed.add(one.task);
  return planned.map(({ task }) => task).filter((task) => failed.has(task));
}
