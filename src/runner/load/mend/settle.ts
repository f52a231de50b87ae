import type { LoadSession } from '../load-session.ts';
import type { Task } from '../task.ts';

/** Search paths to try for an entry, in their order, as SET search_path takes them; the empty one is among them. */
export type TriesOf = (task: Task) => readonly string[];

/**
 * Tries again what failed, in the order of the dump, until a round brings nothing more: what it needed may be there now.
 * Each is tried with all of its search paths. Gives those that remain.
 */
export async function settle(session: LoadSession, tasks: readonly Task[], triesOf: TriesOf): Promise<Task[]> {
  let left = [...tasks];
  for (;;) {
    const before = left.length;
    const still: Task[] = [];
    for (const task of left) if (!(await tryPaths(session, task, triesOf(task)))) still.push(task);
    left = still;
    if (left.length === 0 || left.length === before) return left;
  }
}

async function tryPaths(session: LoadSession, task: Task, paths: readonly string[]): Promise<boolean> {
  let plain = task.failure;
  for (const path of paths) {
    if (await session.perform(task, path)) return true;
    if (path === '') plain = task.failure;
  }
  // The words of the plain try are those that people can look up.
  task.failure = plain;
  return false;
}
