import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createProgressView, type ViewedOperation, type ViewedStep } from '../../../src/cli/progress-view.ts';

function terminal(columns: number | null) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  const size = columns === null ? {} : { isTTY: true, columns, rows: 40 };
  return { stream: Object.assign(stream, size) as unknown as NodeJS.WriteStream, text: () => written.join('') };
}

const progress = {
  percent: 42.4,
  bytesDone: 62_000_000,
  bytesTotal: 147_000_000,
  bytesPerSecond: 8_500_000,
  secondsLeft: 10,
  message: 'creating INDEX public.orders_2026_customer_id_placed_at_idx',
};
const step = (values: Partial<ViewedStep>): ViewedStep => ({
  position: 1,
  name: 'Create the configuration anew now',
  state: 'PENDING',
  progress: null,
  failure: null,
  startedAt: null,
  finishedAt: null,
  ...values,
});
const operation: ViewedOperation = {
  title: 'Restore shop-copy from monday',
  percent: 63,
  state: 'RUNNING',
  steps: [
    step({ state: 'SUCCEEDED', startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:59:59Z' }),
    step({ state: 'RUNNING', progress }),
    step({ state: 'RUNNING', progress: { ...progress, percent: null } }),
    step({ state: 'RUNNING' }),
    step({}),
  ],
};

describe('the picture of an operation in a terminal', () => {
  it.each([40, 60, 80, 110, 200])('keeps every line whole in %i columns', (columns) => {
    const { stream, text } = terminal(columns);
    const view = createProgressView(stream);
    view.show(operation);
    view.log(`a line of the log that is ${'very '.repeat(50)}long`);
    view.finish();
    const lines = stripVTControlCharacters(text()).split('\n');
    expect(lines.filter((line) => [...line].length > columns)).toEqual([]);
    expect(lines.filter((line) => /^\s*\d* ?s$/.test(line) || line === '')).toEqual(['']);
    expect(text()).toContain('63 %');
    expect(text()).toContain('42 %');
    expect(text()).toContain('59 min 59 s');
  });

  it('has a bar for the operation however narrow, and one for a step where there is room', () => {
    const bars = (columns: number) => {
      const { stream, text } = terminal(columns);
      createProgressView(stream).show(operation);
      return stripVTControlCharacters(text()).match(/█[█░▏▎▍▌▋▊▉]+/g)?.length;
    };
    expect(bars(40)).toBe(1);
    expect(bars(80)).toBe(2);
  });
});

it('is one plain line a change where there is no terminal', () => {
  const { stream, text } = terminal(null);
  const view = createProgressView(stream);
  view.show(operation);
  view.show(operation);
  expect(text().split('\n')[0]).toBe(
    '[ 63 %] Restore shop-copy from monday: succeeded Create the configuration anew now: 59 min 59 s',
  );
  expect(stripVTControlCharacters(text())).toBe(text());
});
