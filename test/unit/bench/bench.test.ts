import { expect, test } from 'vitest';
import { median, quantile } from '../../../bench/figures.ts';
import { parseSize, readOptions, SECTIONS } from '../../../bench/options.ts';
import { formatReport, reportAsJson } from '../../../bench/report.ts';

const machine = {
  processor: '2 x Some',
  memory: '24 GB',
  disk: 'ext4, 50 GB free',
  system: 'Linux 6',
  postgres: '15.18',
  node: 'v24.21.0',
  load: '0.1 0.1 0.1',
  at: '2026-11-23T10:00:00.000Z',
};
const sections = [
  {
    section: 'image',
    measurements: [
      { name: 'image', unit: 's', values: [9, 12, 8], against: [{ name: 'by hand', values: [18, 20, 16] }] },
      { name: 'overhead', unit: 'ms', values: [120] },
    ],
  },
];

test('the median is the middle one, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quantile([10, 20, 30, 40, 50], 0.95)).toBeCloseTo(48);
  expect(median([])).toBeNaN();
});

test('sizes are written with a unit', () => {
  expect(parseSize('200MB')).toBe(200_000_000);
  expect(parseSize('1.5 GB')).toBe(1_500_000_000);
  expect(() => parseSize('200')).toThrow('write it as 200MB or 1GB');
});

test('by default everything is measured three times on a database of 1 GB', () => {
  expect(readOptions([], false)).toEqual({
    sections: SECTIONS.filter((section) => section !== 'cluster'),
    sizeBytes: 1e9,
    runs: 3,
    json: false,
    page: false,
  });
  expect(readOptions(['--only', 'idle,image', '--size', '60MB', '--runs', '1', '--json'], false)).toEqual({
    sections: ['idle', 'image'],
    sizeBytes: 6e7,
    runs: 1,
    json: true,
    page: false,
  });
  expect(readOptions(['--help'], false)).toBeNull();
});

test('a cluster is measured where there is one, and asked for in vain where there is none', () => {
  expect(readOptions([], true)?.sections).toEqual(SECTIONS);
  expect(readOptions(['--only', 'cluster'], true)?.sections).toEqual(['cluster']);
  expect(() => readOptions(['--only', 'cluster'], false)).toThrow('set KUBECONFIG');
});

test.each([[['--only', 'everything']], [['--runs', '0']], [['--size', 'big']], [['--unknown']]])(
  '%j is refused',
  (given) => {
    expect(() => readOptions(given, true)).toThrow();
  },
);

test('the report shows medians, their spread, and the ratio to the plain tools', () => {
  const text = formatReport(machine, sections);
  expect(text).toMatch(/^ {2}image +9\.00 s {2}\(8\.00 s to 12\.0 s\)$/m);
  expect(text).toMatch(/^ {4}against by hand +18\.0 s .* ratio 0\.50$/m);
  expect(text).toMatch(/^ {2}overhead +120 ms$/m);
  expect(text).toContain('2 x Some');
});

test('the same is there for programs', () => {
  const report = JSON.parse(reportAsJson(machine, sections));
  expect(report.machine.postgres).toBe('15.18');
  expect(report.sections[0].measurements[0]).toMatchObject({ median: 9, against: [{ median: 18, ratio: 0.5 }] });
});
