import type { Task } from '../load-session.ts';
import type { Planned } from './plan.ts';

/** Who does the work: one task at a time. Throws where nothing more can be done at all. */
export type Worker = (task: Task) => Promise<boolean>;

/**
 * Runs the tasks side by side, one a worker, what is ready and largest first. Gives those that failed and those that wait
 * for one of them, in their order. The first that throws ends all; the others are let finish what they do.
 */
export async function runPlanned(planned: readonly Planned[], workers: readonly Worker[]): Promise<Task[]> {
  const waiting = new Map(planned.map((one) => [one.task.entry.id, { one, open: new Set(one.after) }]));
  const dependents = new Map<number, number[]>();
  for (const one of planned) {
    for (const id of one.after) dependents.set(id, [...(dependents.get(id) ?? []), one.task.entry.id]);
  }
  const ready = planned.filter(({ after }) => after.size === 0).sort((a, b) => b.weight - a.weight);
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
    const at = ready.findIndex(({ weight }) => weight < one.weight);
    ready.splice(at === -1 ? ready.length : at, 0, one);
  };
  const take = (): Planned | undefined => {
    const at = ready.findIndex(isFree);
    return at === -1 ? undefined : ready.splice(at, 1)[0];
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
      if (next === undefined) {
        if (busy === 0) return;
        await wake.promise;
        continue;
      }
      hold(next, 1);
      busy += 1;
      try {
        const isDone = await worker(next.task);
        if (!isDone) failed.add(next.task);
        release(next.task.entry.id, isDone);
      } catch (error) {
        isBroken = true;
        throw error;
      } finally {
        hold(next, -1);
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
