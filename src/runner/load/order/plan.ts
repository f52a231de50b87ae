import type { Task } from '../load-session.ts';

/** What needs a table for itself while it is made; an index only keeps rows from being written. */
const EXCLUSIVE: ReadonlySet<string> = new Set([
  'CONSTRAINT',
  'CHECK CONSTRAINT',
  'FK CONSTRAINT',
  'POLICY',
  'ROW SECURITY',
  'RULE',
  'TRIGGER',
  'INDEX ATTACH',
  'TABLE ATTACH',
]);

/** A task with what it waits for. */
export interface Planned {
  readonly task: Task;
  /** Largest first. */
  readonly weight: number;
  /** Ids of tasks that must be done. */
  readonly after: ReadonlySet<number>;
  readonly exclusive: readonly number[];
  readonly shared: readonly number[];
}

/**
 * How data and all that comes after it depend on each other. What the dump says to need a table needs its rows; where rows
 * of one partition may lie in the file of another, it needs all of those.
 */
export function planTasks(tasks: readonly Task[], sizeOf: (task: Task) => number): Planned[] {
  const ids = new Set(tasks.map(({ entry }) => entry.id));
  const rowsOf = new Map<number, Task[]>();
  const scattered: number[] = [];
  for (const task of tasks) {
    if (task.entry.kind !== 'TABLE DATA') continue;
    for (const table of task.entry.dependsOn) rowsOf.set(table, [...(rowsOf.get(table) ?? []), task]);
    if (task.entry.define.startsWith('-- load via partition root ')) scattered.push(task.entry.id);
  }
  return tasks.map((task) => {
    const { entry } = task;
    if (entry.section === 'DATA') {
      return {
        task,
        weight: sizeOf(task),
        after: new Set(entry.dependsOn.filter((id) => ids.has(id))),
        exclusive: [],
        shared: [],
      };
    }
    const rows = entry.dependsOn.flatMap((id) => rowsOf.get(id) ?? []);
    const tables = entry.dependsOn.filter((id) => !ids.has(id));
    return {
      task,
      weight: rows.reduce((sum, one) => sum + sizeOf(one), 0),
      after: new Set([
        ...entry.dependsOn.filter((id) => ids.has(id)),
        ...rows.map((one) => one.entry.id),
        ...(entry.kind === 'CONSTRAINT' || entry.kind === 'INDEX' || entry.kind === 'FK CONSTRAINT' ? scattered : []),
      ]),
      exclusive: EXCLUSIVE.has(entry.kind) ? tables : [],
      shared: EXCLUSIVE.has(entry.kind) ? [] : tables,
    };
  });
}
