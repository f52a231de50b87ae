import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlanSizes, planTasks } from '../../../../src/runner/load/order/plan.ts';
import { runPlanned, type Worker } from '../../../../src/runner/load/order/run-planned.ts';
import { goesTogether, groupsOf } from '../../../../src/runner/load/order/together.ts';
import type { Task } from '../../../../src/runner/load/task.ts';
import type { TocEntry } from '../../../../src/runner/load/toc/toc-entry.ts';

function entry(id: number, kind: string, dependsOn: readonly number[]): TocEntry {
  const section = kind === 'TABLE DATA' ? 'DATA' : 'POST_DATA';
  const nothing = { namespace: null, owner: null, accessMethod: null, relationKind: null, file: null };
  return { id, kind, section, tag: `t${id}`, define: '', drop: '', copy: '', dependsOn, ...nothing };
}
const taskOf = (one: TocEntry): Task => ({ entry: one, left: [], failure: null, isOwnTable: false });

const sizes = (stored: (task: Task) => number, staysInMemory = true): PlanSizes => ({
  stored,
  work: stored,
  staysInMemory,
});

/** Rows of tables 1000, 1001 ...; what is made of them afterwards depends on tables and on what came before it. */
const tasks = fc
  .array(
    fc.record({
      kind: fc.constantFrom('TABLE DATA', 'INDEX', 'INDEX ATTACH', 'FK CONSTRAINT'),
      at: fc.array(fc.nat(), { maxLength: 3 }),
    }),
  )
  .map((all) =>
    all.map(({ kind, at }, index) => {
      const tables = at.map((one) => 1000 + (one % 5));
      const earlier = index === 0 || kind === 'TABLE DATA' ? [] : at.slice(0, 1).map((one) => one % index);
      return taskOf(entry(index, kind, kind === 'TABLE DATA' ? tables.slice(0, 1) : [...tables, ...earlier]));
    }),
  );

/** A worker of single tasks. */
const oneByOne =
  (work: (task: Task) => Promise<boolean>): Worker =>
  async (tasks) => {
    const failed: Task[] = [];
    for (const task of tasks) if (!(await work(task))) failed.push(task);
    return failed;
  };

test('each task is done once, after all that it needs, and never beside one that needs the same table for itself', async () => {
  await fc.assert(
    fc.asyncProperty(
      tasks,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      async (all, width, atMost) => {
        const planned = planTasks(
          all,
          sizes(({ entry: { id } }) => id * 7),
          [],
        );
        const after = new Map(planned.map((one) => [one.task.entry.id, one]));
        const done: number[] = [];
        const under = new Set<number>();
        const worker = async ({ entry: { id } }: Task) => {
          const one = after.get(id);
          for (const needed of one?.after ?? []) expect(done).toContain(needed);
          for (const other of under) {
            const beside = after.get(other);
            // Indexes of nested partitions lock each other from both sides.
            expect([one?.task.entry.kind, beside?.task.entry.kind]).not.toEqual(['INDEX ATTACH', 'INDEX ATTACH']);
            const mine = one?.exclusive ?? [];
            expect(
              [...(beside?.exclusive ?? []), ...(beside?.shared ?? [])].filter((table) => mine.includes(table)),
            ).toEqual([]);
          }
          under.add(id);
          await turn();
          under.delete(id);
          done.push(id);
          return true;
        };
        expect(
          await runPlanned(
            planned,
            Array.from({ length: width }, () => oneByOne(worker)),
            { mayShare: ({ task }) => task.entry.kind !== 'TABLE DATA', atMost },
          ),
        ).toEqual([]);
        expect(done.toSorted((a, b) => a - b)).toEqual(all.map((task) => task.entry.id));
      },
    ),
    { numRuns: 200 },
  );
});

test('what waits for one that failed is given back with it, untried', async () => {
  const all = [
    taskOf(entry(0, 'TABLE DATA', [1000])),
    taskOf(entry(1, 'INDEX', [1000])),
    taskOf(entry(2, 'INDEX', [1001])),
  ];
  const tried: number[] = [];
  const failed = await runPlanned(
    planTasks(
      all,
      sizes(() => 0),
      [],
    ),
    [
      oneByOne(async ({ entry: { id } }) => {
        tried.push(id);
        return id !== 0;
      }),
    ],
  );
  expect(failed.map((task) => task.entry.id)).toEqual([0, 1]);
  expect(tried.toSorted()).toEqual([0, 2]);
});

test('a worker that throws ends it all', async () => {
  const all = [0, 1, 2].map((id) => taskOf(entry(id, 'TABLE DATA', [1000 + id])));
  const broken = async () => {
    throw new Error('the server is gone');
  };
  await expect(
    runPlanned(
      planTasks(
        all,
        sizes(() => 0),
        [],
      ),
      [broken, broken],
    ),
  ).rejects.toThrow('the server is gone');
});

test('what is made of a partitioned table waits for the rows of all that is part of it, and of its children', () => {
  const table = (id: number, dependsOn: readonly number[] = []) => entry(id, 'TABLE', dependsOn);
  const attach = { ...entry(9, 'TABLE ATTACH', [1, 2]), tag: 't2' };
  const all = [entry(20, 'TABLE DATA', [2]), entry(30, 'TABLE DATA', [3]), entry(40, 'TABLE DATA', [4])];
  const made = [entry(50, 'FK CONSTRAINT', [1]), entry(51, 'TRIGGER', [2]), entry(52, 'CHECK CONSTRAINT', [4])];
  const planned = planTasks(
    [...all, ...made].map(taskOf),
    sizes(() => 0),
    [table(1), table(2), table(3, [2]), table(4), attach],
  );
  expect(planned.slice(3).map(({ after }) => [...after].sort())).toEqual([[20, 30], [20, 30], [40]]);
});

test('tasks that may share go together, in their order, and no group is larger than it may be', () => {
  const command = (sql: string) => [{ role: 'define', sql }] as const;
  const kinds = ['TABLE', 'TABLE', 'FUNCTION', 'DEFAULT', 'TABLE DATA', ...Array.from({ length: 60 }, () => 'COMMENT')];
  const all = kinds.map((kind, id) => ({ ...taskOf(entry(id, kind, [])), left: command('SELECT 1') }));
  const groups = [...groupsOf(all, goesTogether)];
  expect(groups.flat()).toEqual(all);
  expect(groups.map((group) => group.length)).toEqual([2, 1, 1, 1, 50, 10]);
  const [first] = all;
  if (first === undefined) throw new Error('no task');
  expect(goesTogether({ ...first, entry: { ...first.entry, accessMethod: 'columnar' } })).toBe(false);
  expect(goesTogether({ ...first, left: command('x'.repeat(100_000)) })).toBe(false);
});

const ranksOf = (staysInMemory: boolean) => {
  const all = [
    entry(0, 'TABLE DATA', [1000]),
    entry(1, 'TABLE DATA', [1001]),
    entry(2, 'INDEX', [1000]),
    entry(3, 'CONSTRAINT', [1001]),
    entry(4, 'FK CONSTRAINT', [1001, 3]),
  ].map(taskOf);
  const planned = planTasks(
    all,
    sizes(({ entry: { id } }) => [100, 80][id] ?? 0, staysInMemory),
    [],
  );
  return planned.toSorted((a, b) => b.rank - a.rank).map(({ task }) => task.entry.id);
};

test('what the most has to wait for comes first, and not what is largest itself', () => {
  expect(ranksOf(true)).toEqual([0, 1, 3, 2, 4]);
});

test('where rows do not stay in memory, the indexes of a table come before the rows of a smaller one', () => {
  expect(ranksOf(false)).toEqual([0, 2, 1, 3, 4]);
});

test('who is left alone with the last task is told so', async () => {
  const all = [entry(0, 'TABLE DATA', [1000]), entry(1, 'TABLE DATA', [1001]), entry(2, 'INDEX', [1000, 0, 1])].map(
    taskOf,
  );
  const told: [number, boolean][] = [];
  const worker: Worker = async ([task], isAlone) => {
    await turn();
    if (task !== undefined) told.push([task.entry.id, isAlone]);
    return [];
  };
  await runPlanned(
    planTasks(
      all,
      sizes(() => 1),
      [],
    ),
    [worker, worker],
  );
  expect(told.at(-1)).toEqual([2, true]);
  expect(told[0]?.[1]).toBe(false);
});
