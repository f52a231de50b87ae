import type { Task } from '../task.ts';
import type { TocEntry } from '../toc/toc-entry.ts';

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

/**
 * In the place of a table: indexes of nested partitions lock each other from below and from above while they are attached, and
 * what one makes valid another may not see yet.
 */
const ATTACHING = -1;

/** A task with what it waits for. */
export interface Planned {
  readonly task: Task;
  /** How large the rows are that it works on, as stored. */
  readonly weight: number;
  /** What is worked on until the last that waits for it is done: the longest first. */
  readonly rank: number;
  /** Ids of tasks that must be done. */
  readonly after: ReadonlySet<number>;
  readonly exclusive: readonly number[];
  readonly shared: readonly number[];
}

/** What making it takes, as a share of what loading the rows of its tables does. */
const SHARES: Readonly<Record<string, number>> = { CONSTRAINT: 0.5, INDEX: 0.5, 'FK CONSTRAINT': 0.25 };

export interface PlanSizes {
  /** Of the task's rows, as stored. */
  readonly stored: (task: Task) => number;
  /** What loading them takes, in whatever unit. */
  readonly work: (task: Task) => number;
  /**
   * Whether what was loaded is still in memory when the last of it is. Where it is not, a table's indexes are made as soon as it has
   * its rows.
   */
  readonly staysInMemory: boolean;
}

/**
 * How data and all that comes after it depend on each other. What the dump says to need a table needs its rows, and those of
 * its partitions and children: a foreign key or a trigger of it is theirs too, and must not be there when they are loaded.
 * Where rows of one partition may lie in the file of another, it needs all of those.
 */
export function planTasks(
  tasks: readonly Task[],
  { stored, work, staysInMemory }: PlanSizes,
  entries: readonly TocEntry[],
): Planned[] {
  const familyOf = createFamilies(entries);
  const ids = new Set(tasks.map(({ entry }) => entry.id));
  const rowsOf = new Map<number, Task[]>();
  const scattered: number[] = [];
  for (const task of tasks) {
    if (task.entry.kind !== 'TABLE DATA') continue;
    for (const table of task.entry.dependsOn) rowsOf.set(table, [...(rowsOf.get(table) ?? []), task]);
    if (task.entry.define.startsWith('-- load via partition root ')) scattered.push(task.entry.id);
  }
  const planned = tasks.map((task) => {
    const { entry } = task;
    if (entry.section === 'DATA') {
      const after = new Set(entry.dependsOn.filter((id) => ids.has(id)));
      return { task, weight: stored(task), own: work(task), after, exclusive: [], shared: [] };
    }
    const family = new Set(entry.dependsOn.flatMap((id) => [...familyOf(id)]));
    const rows = [...family].flatMap((id) => rowsOf.get(id) ?? []);
    const tables = entry.dependsOn.filter((id) => !ids.has(id));
    const share = staysInMemory ? (SHARES[entry.kind] ?? 0) : 1;
    return {
      task,
      weight: rows.reduce((sum, one) => sum + stored(one), 0),
      own: share * rows.reduce((sum, one) => sum + work(one), 0),
      after: new Set([
        ...entry.dependsOn.filter((id) => ids.has(id)),
        ...rows.map((one) => one.entry.id),
        ...(entry.kind === 'CONSTRAINT' || entry.kind === 'INDEX' || entry.kind === 'FK CONSTRAINT' ? scattered : []),
      ]),
      exclusive: EXCLUSIVE.has(entry.kind) ? [...tables, ...(entry.kind === 'INDEX ATTACH' ? [ATTACHING] : [])] : [],
      shared: EXCLUSIVE.has(entry.kind) ? [] : tables,
    };
  });
  return ranked(planned, staysInMemory);
}

/** What waits for something stands behind it in a dump. */
function ranked(planned: readonly (Omit<Planned, 'rank'> & { readonly own: number })[], isByPath: boolean): Planned[] {
  const behind = new Map<number, number>();
  const all: Planned[] = [];
  for (const { own, ...one } of planned.toReversed()) {
    const rank = own + (isByPath ? (behind.get(one.task.entry.id) ?? 0) : 0);
    for (const id of one.after) behind.set(id, Math.max(behind.get(id) ?? 0, rank));
    all.push({ ...one, rank });
  }
  return all.reverse();
}

/** A table with all that are made of it, by the ids of their entries; of what is no table itself alone. */
function createFamilies(entries: readonly TocEntry[]): (id: number) => ReadonlySet<number> {
  const tables = new Map(entries.filter(({ kind }) => kind === 'TABLE').map((entry) => [entry.id, entry]));
  const children = new Map<number, number[]>();
  const add = (parent: number, child: number) => children.set(parent, [...(children.get(parent) ?? []), child]);
  for (const entry of entries) {
    const needed = entry.dependsOn.flatMap((id) => tables.get(id) ?? []);
    // Children depend on their parents; what is attached later names both.
    if (entry.kind === 'TABLE') for (const parent of needed) add(parent.id, entry.id);
    if (entry.kind !== 'TABLE ATTACH') continue;
    const part = needed.find(({ tag, namespace }) => tag === entry.tag && namespace === entry.namespace);
    if (part !== undefined) for (const parent of needed) if (parent !== part) add(parent.id, part.id);
  }
  const known = new Map<number, ReadonlySet<number>>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const family = new Set([id]);
    // A set that grows is walked to its end.
    for (const one of family) for (const child of children.get(one) ?? []) family.add(child);
    known.set(id, family);
    return family;
  };
}
