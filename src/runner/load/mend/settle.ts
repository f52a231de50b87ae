import type { LoadSession } from '../load-session.ts';
import type { Task } from '../task.ts';

/** Search paths to try for an entry, besides the empty one, as SET search_path takes them. */
export type PathsOf = (task: Task) => readonly string[];

/**
 * Tries again what failed, in the order of the dump, until a round brings nothing more: what it needed may be there now.
 * Each is tried with the empty search_path, and then with those that the source had. Gives those that remain.
 */
export async function settle(session: LoadSession, tasks: readonly Task[], pathsOf: PathsOf): Promise<Task[]> {
  let left = [...tasks];
  for (;;) {
    const before = left.length;
    const still: Task[] = [];
    for (const task of left) if (!(await tryPaths(session, task, pathsOf(task)))) still.push(task);
    left = still;
    if (left.length === 0 || left.length === before) return left;
  }
}

async function tryPaths(session: LoadSession, task: Task, paths: readonly string[]): Promise<boolean> {
  if (await session.perform(task)) return true;
  const first = task.failure;
  for (const path of paths) if (await session.perform(task, path)) return true;
  // The words of the plain try are those that people can look up.
  task.failure = first;
  return false;
}
