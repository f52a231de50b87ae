import { expect, test } from 'vitest';
import { GOALS } from '../../../bench/goals.ts';
import { outcomesOf } from '../../../bench/page/outcomes.ts';
import { buildPage } from '../../../bench/page/page.ts';
import { buildPlot } from '../../../bench/page/plot.ts';

const machine = {
  processor: '2 x Some',
  memory: '24 GB',
  disk: 'ext4, 50 GB free',
  system: 'Linux 6',
  postgres: '15.18',
  node: 'v24.21.0',
  load: '7.5 0.1 0.1',
  at: '2026-11-23T10:00:00.000Z',
};
const peers = [
  { name: 'by | hand', values: [20, 10, 30] },
  { name: 'another', values: [1, 1, 1] },
];
const tables = outcomesOf('tables', {
  section: 'image of a server with <small> tables',
  measurements: [
    { name: 'image', unit: 's', values: [50, 10, 30], against: peers, notes: ['product: dump 9.0 s'] },
    { name: 'restore into a new server', unit: 's', values: [8, 9, 10], against: peers },
    { name: 'overhead of an image: all but its job', unit: 's', values: [1, 1, 1] },
  ],
});
const small = outcomesOf('small', {
  section: 'small',
  measurements: [{ name: 'beyond the tools: an image', unit: 's', values: [3] }],
});

test('what has a goal is held against it: as a ratio to its first peer, or by itself where there is none', () => {
  expect(tables.map(({ name, value, goal, runs }) => ({ name, value, goal, runs }))).toEqual([
    { name: 'image', value: 1.5, goal: GOALS.tables?.image, runs: 3 },
    { name: 'restore into a new server', value: 0.45, goal: 0.6, runs: 3 },
  ]);
  expect(small.map(({ value, goal, peer }) => ({ value, goal, peer }))).toEqual([{ value: 3, goal: 2, peer: null }]);
  expect(
    outcomesOf('engine', { section: 'engine', measurements: [{ name: 'image', unit: 's', values: [1] }] }),
  ).toEqual([]);
});

test('the page names the machine with its load, and says of each figure whether its goal was met', () => {
  const page = buildPage(machine, [...tables, ...small]);
  expect(page).toContain('| load | 7.5 0.1 0.1 |');
  expect(page).toContain('tables: image | 30.0 s | 20.0 s (by \\| hand) | 1.50 | 1.00 | missed by 50 % | 3 |');
  expect(page).toContain('restore into a new server | 9.00 s | 20.0 s (by \\| hand) | 0.45 | 0.60 | met | 3 |');
  expect(page).toContain('| small: beyond the tools: an image | 3.00 s |  | 3.00 s | 2.00 s | missed by 50 % | 1 |');
  expect(page).toContain('- product: dump 9.0 s');
});

test('the plot has a bar for each, on its side of the line, with the text of others as text', () => {
  const plot = buildPlot(machine, [...tables, ...small]);
  const bars = [...plot.matchAll(/<rect x="(\d+)" [^>]*width="([\d.]+)" [^>]*class="(\w+)"/g)];
  const goalAt = Number(/<line x1="([\d.]+)"/.exec(plot)?.[1]);
  const ends = bars.map(([, x, width, kind]) => ({ kind, isLeft: Number(x) + Number(width) <= goalAt }));
  expect(ends).toEqual([
    { kind: 'missed', isLeft: false },
    { kind: 'met', isLeft: true },
    { kind: 'missed', isLeft: false },
  ]);
  expect(plot).toContain('&lt;small&gt; tables: image');
  expect(plot).not.toMatch(/<script|href|<small/);
});
