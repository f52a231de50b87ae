import { expect, test } from 'vitest';
import { drawBar } from '../../../src/cli/progress-view.ts';
import { formatBytes, formatSeconds } from '../../../src/cli/units.ts';

test('bytes are shown in powers of 1024 with three digits at most', () => {
  const shown = [0, 1, 1023, 1024, 1_572_864, 154_140_672, 2_748_779_069_440].map(formatBytes);
  expect(shown).toEqual(['0 B', '1 B', '1023 B', '1.0 KiB', '1.5 MiB', '147 MiB', '2.5 TiB']);
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
