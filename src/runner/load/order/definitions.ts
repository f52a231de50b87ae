import type { Task } from '../task.ts';
import type { TocEntry } from '../toc/toc-entry.ts';
import type { Planned } from './plan.ts';
import { goesTogether } from './together.ts';

/** What several sessions may make side by side: what it needs of its own kind stands in the dump. */
const TABLES: ReadonlySet<string> = new Set(['TABLE', 'SEQUENCE', 'SEQUENCE OWNED BY']);
const DEFAULTS: ReadonlySet<string> = new Set(['DEFAULT']);
/** What of a table is made of another one locks that. */
const LOCKED: ReadonlySet<string> = new Set(['TABLE', 'FOREIGN TABLE', 'PARTITIONED TABLE']);

/** Fewer are made before a second session is worth its while. */
const WORTH_SHARING = 200;
/** More would be looked through again and again for what is ready. */
const AT_MOST = 1_000;

/** Definitions that follow each other in the dump. */
export interface Stretch {
  readonly tasks: readonly Task[];
  readonly isSideBySide: boolean;
}

/**
 * The definitions in their order, cut into stretches: of those within one, tables and sequences, or defaults, may be made side
 * by side, by what they say to need of each other. `mayShare`: whether a task means the same in every session.
 */
export function stretchesOf(tasks: readonly Task[], mayShare: (task: Task) => boolean): Stretch[] {
  const stretches: { tasks: Task[]; kinds: ReadonlySet<string> | null }[] = [];
  for (const task of tasks) {
    const { kind } = task.entry;
    const kinds = TABLES.has(kind) ? TABLES : DEFAULTS.has(kind) ? DEFAULTS : null;
    const own = kinds !== null && goesTogether(task) && mayShare(task) ? kinds : null;
    const last = stretches.at(-1);
    if (last?.kinds === own && (own === null || last.tasks.length < AT_MOST)) last.tasks.push(task);
    else stretches.push({ tasks: [task], kinds: own });
  }
  return stretches.map(({ tasks: own, kinds }) => ({
    tasks: own,
    isSideBySide: kinds !== null && own.length >= WORTH_SHARING,
  }));
}

/** What each of a stretch waits for, and which tables it locks: two never wait for each other's locks. */
export function planStretch(tasks: readonly Task[], find: (id: number) => TocEntry | undefined): Planned[] {
  const ids = new Set(tasks.map(({ entry }) => entry.id));
  return tasks.map((task) => {
    const needed = [...new Set(task.entry.dependsOn)];
    return {
      task,
      weight: 0,
      rank: 0,
      after: new Set(needed.filter((id) => ids.has(id))),
      exclusive: needed.filter((id) => LOCKED.has(find(id)?.kind ?? '')),
      shared: [],
    };
  });
}
