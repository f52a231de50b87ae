import { expect, test } from 'vitest';
import { drawBar } from '../../../src/cli/progress-view.ts';
import { formatBytes, formatSeconds } from '../../../src/cli/units.ts';

test('bytes are shown in powers of 1000 with three digits at most', () => {
  const shown = [0, 1, 999, 1000, 1_536_000, 147_300_000, 2_500_000_000_000].map(formatBytes);
  expect(shown).toEqual(['0 B', '1 B', '999 B', '1.0 kB', '1.5 MB', '147 MB', '2.5 TB']);
});

test('durations are shown in the unit that a person would use', () => {
  const shown = [0, 0.012, 3.21, 9.96, 42.4, 59.7, 93.4, 119.7].map(formatSeconds);
  expect(shown).toEqual(['0 ms', '12 ms', '3.2 s', '10 s', '42 s', '1 min 0 s', '1 min 33 s', '2 min 0 s']);
});

test('a bar has its cells at every percent, is empty at 0 and full at 100', () => {
  for (let percent = -5; percent <= 105; percent += 0.5) expect([...drawBar(percent, 10)]).toHaveLength(10);
  expect(drawBar(0, 4)).toBe('░░░░');
  expect(drawBar(50, 4)).toBe('██░░');
  expect(drawBar(100, 4)).toBe('████');
});
