import { expect, test } from 'vitest';
import { UnreachableError } from '../../../src/client/errors.ts';
import {
  followInstanceLog,
  type InstanceLogLine,
  type InstanceLogStart,
} from '../../../src/client/follow-instance-logs.ts';

const cut = () => new UnreachableError('cut', { code: 'UNAVAILABLE' });
const line = (at: number | null, text: string): InstanceLogLine => ({
  line: 1,
  at: at === null ? null : new Date(at).toISOString(),
  text,
});

/** Follows a log whose connections give these lists, and breaks after each but the last. */
async function follow(connections: readonly (readonly (readonly InstanceLogLine[])[])[], start: InstanceLogStart = {}) {
  const asked: InstanceLogStart[] = [];
  const lines: string[] = [];
  const numbers: number[] = [];
  const open = async function* (from: InstanceLogStart) {
    asked.push(from);
    yield* connections[asked.length - 1] ?? [];
    if (asked.length < connections.length) throw cut();
  };
  for await (const list of followInstanceLog(start, open, {})) {
    lines.push(...list.map(({ text }) => text));
    numbers.push(...list.map((one) => one.line));
  }
  return { lines, numbers, asked };
}

test('goes on behind the last line after a cut, numbered on, with nothing twice', async () => {
  const { lines, numbers, asked } = await follow(
    [
      [[line(1, 'a'), line(2, 'b')], [line(2, 'b')]],
      [[line(2, 'b'), line(2, 'b'), line(2, 'c'), line(3, 'd')], [line(4, 'e')]],
      [[line(4, 'e')], [line(5, 'f')]],
    ],
    { tailLines: 2 },
  );
  expect(lines).toEqual(['a', 'b', 'b', 'c', 'd', 'e', 'f']);
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(asked).toEqual([
    { tailLines: 2 },
    { tailLines: null, since: new Date(2).toISOString() },
    { tailLines: null, since: new Date(4).toISOString() },
  ]);
});

test('knows its place among more lines of the same moment than it was shown', async () => {
  const { lines } = await follow([[[line(1, 'y')]], [[line(1, 'x'), line(1, 'y'), line(1, 'z')]]]);
  expect(lines).toEqual(['y', 'z']);
});

test('says so where its place is gone', async () => {
  const { lines } = await follow([[[line(1, 'a')]], [[line(5, 'p'), line(6, 'q')]]]);
  expect(lines).toEqual(['a', expect.stringContaining('may be missing'), 'p', 'q']);
});

test('a line that says what is missing is no place to go on from', async () => {
  const missed = line(null, '... 5 lines were written faster than they were read; see the log ...');
  const { lines } = await follow([[[line(1, 'a'), missed]], [[line(1, 'a'), line(2, 'b')]]]);
  expect(lines).toEqual(['a', missed.text, 'b']);
});

test('begins anew where nothing was seen yet', async () => {
  const { lines, asked } = await follow([[], [[line(1, 'a')]]], { tailLines: 5 });
  expect(lines).toEqual(['a']);
  expect(asked).toEqual([{ tailLines: 5 }, { tailLines: 5 }]);
});
