import { describe, expect, it } from 'vitest';
import { planStretch, stretchesOf } from '../../../../src/runner/load/order/definitions.ts';
import type { Task } from '../../../../src/runner/load/task.ts';
import type { TocEntry } from '../../../../src/runner/load/toc/toc-entry.ts';

function task(id: number, kind: string, dependsOn: readonly number[] = []): Task {
  const entry = { id, kind, tag: `o${id}`, file: null, accessMethod: null, dependsOn } as unknown as TocEntry;
  return { entry, left: [{ role: 'define', sql: `CREATE ${kind}` }], failure: null, isOwnTable: false };
}

const range = (from: number, count: number, kind: string) =>
  Array.from({ length: count }, (_, at) => task(from + at, kind));
const anyMay = () => true;
const shape = (tasks: readonly Task[], mayShare: (one: Task) => boolean = anyMay) =>
  stretchesOf(tasks, mayShare).map((one) => [one.tasks.length, one.isSideBySide]);

describe('stretchesOf', () => {
  it('keeps the order of the dump, whatever it cuts', () => {
    const tasks = [...range(1, 3, 'TYPE'), ...range(10, 2_500, 'TABLE'), ...range(5_000, 5, 'VIEW')];
    expect(stretchesOf(tasks, anyMay).flatMap((one) => one.tasks)).toEqual(tasks);
  });

  it('shares long stretches of tables, no few, and not what is between them', () => {
    expect(shape([...range(1, 3, 'TYPE'), ...range(10, 2_500, 'TABLE'), ...range(5_000, 5, 'VIEW')])).toEqual([
      [3, false],
      [1_000, true],
      [1_000, true],
      [500, true],
      [5, false],
    ]);
    expect(shape(range(1, 199, 'TABLE'))).toEqual([[199, false]]);
  });

  it('makes defaults only when all tables are there, and what one session alone may make apart', () => {
    expect(shape([...range(1, 300, 'TABLE'), ...range(400, 300, 'DEFAULT')])).toEqual([
      [300, true],
      [300, true],
    ]);
    expect(shape(range(1, 401, 'TABLE'), ({ entry }) => entry.id !== 201)).toEqual([
      [200, true],
      [1, false],
      [200, true],
    ]);
  });
});

describe('planStretch', () => {
  it('has what stands in the dump waited for, and two children of one table made one after the other', () => {
    const others = new Map([
      [1, task(1, 'SCHEMA').entry],
      [2, task(2, 'TABLE').entry],
    ]);
    const tasks = [task(10, 'TABLE', [1, 2]), task(11, 'TABLE', [1, 2, 2]), task(12, 'SEQUENCE', [10])];
    const entries = new Map([...others, ...tasks.map(({ entry }) => [entry.id, entry] as const)]);
    const planned = planStretch(tasks, (id) => entries.get(id));
    expect(planned.map(({ after }) => [...after])).toEqual([[], [], [10]]);
    expect(planned.map(({ exclusive }) => exclusive)).toEqual([[2], [2], [10]]);
  });
});
