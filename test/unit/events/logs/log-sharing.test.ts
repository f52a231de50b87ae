import { describe, expect, it, vi } from 'vitest';
import type { LogLineRecord } from '../../../../resolvers/ports/records.ts';
import { createLogWorld, drain } from '../../../support/log-world.ts';

const texts = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `line ${from + at}`);
const never = () => new AbortController().signal;
const begin = (afterLine: number | null) => ({ tailLines: null, afterLine, follow: true });
type Lists = readonly (readonly LogLineRecord[])[];

/** Every line from the first on, in order and once. */
function expectLines(lists: Lists, from: number, to: number): void {
  const numbers = lists.flatMap((lines) => lines.map(({ line }) => line));
  expect(numbers).toEqual(Array.from({ length: to - from + 1 }, (_, at) => from + at));
  for (const lines of lists) expect([lines.length > 0, lines.length <= 1000]).toEqual([true, true]);
}

const distinct = (all: readonly Lists[]) => new Set(all.flat()).size;

describe('followers of one log', () => {
  it('that begin late and at its first line have it read once for all, and are given the same lists', async () => {
    const { streams, job, endJob } = createLogWorld({ lines: 100, characters: 10_000 });
    const first = drain(streams.followJobBatches('job', begin(null), never()));
    await vi.waitUntil(() => job.followed === 1);
    job.write(...texts(5_400));
    const late = Array.from({ length: 50 }, () => drain(streams.followJobBatches('job', begin(null), never())));
    await vi.waitUntil(() => job.read > 0);
    job.write(...texts(600, 5_401));
    endJob();
    const all = await Promise.all([first, ...late]);
    for (const lists of all) expectLines(lists, 1, 6_000);
    expect(job.followed).toBe(1);
    expect(job.read).toBeLessThanOrEqual(3);
    // Six thousands, and what was handed on as it came.
    expect(distinct(all)).toBeLessThanOrEqual(12);
    expect([streams.openReadings, job.open]).toEqual([0, 0]);
  });

  it('that begin at different lines each get all after theirs, and go on together from the next thousand', async () => {
    const { streams, job, endJob } = createLogWorld({ lines: 100, characters: 10_000 });
    job.write(...texts(9_000));
    const starts = Array.from({ length: 40 }, (_, nth) => nth * 67);
    const all = starts.map((start) => drain(streams.followJobBatches('job', begin(start), never())));
    await vi.waitUntil(() => job.followed === 1);
    job.write(...texts(500, 9_001));
    endJob();
    const lists = await Promise.all(all);
    lists.forEach((each, nth) => {
      expectLines(each, (starts[nth] ?? 0) + 1, 9_500);
    });
    // One of its own for each, and then those of the thousands.
    expect(distinct(lists)).toBeLessThanOrEqual(starts.length + 9 + 3);
    expect([streams.openReadings, job.open]).toEqual([0, 0]);
  });

  it('that are as slow as they like keep nobody waiting, and get every line from few readings', async () => {
    const { streams, job, endJob } = createLogWorld({ lines: 1_500, characters: 150_000 });
    job.write('line 1');
    const slow = Array.from({ length: 20 }, () => {
      const lists = streams.followJobBatches('job', begin(null), never())[Symbol.asyncIterator]();
      return { lists, got: [] as (readonly LogLineRecord[])[] };
    });
    for (const { lists, got } of slow) got.push((await lists.next()).value ?? []);
    const fast = drain(streams.followJobBatches('job', begin(null), never()));
    job.write(...texts(7_499, 2));
    endJob();
    expectLines(await fast, 1, 7_500);
    // One reads a list whenever the one before it has read two.
    for (let open = slow.length, turn = 1; open > 0; turn += 1) {
      open = 0;
      for (const [nth, { lists, got }] of slow.entries()) {
        if (turn % (1 + (nth % 4)) !== 0) {
          open += 1;
          continue;
        }
        const { done, value } = await lists.next();
        if (done !== true) got.push(value);
        if (done !== true) open += 1;
      }
    }
    for (const { got } of slow) expectLines(got, 1, 7_500);
    expect(job.followed).toBe(1);
    expect(job.read).toBeLessThanOrEqual(4);
    expect([streams.openReadings, job.open]).toEqual([0, 0]);
  });

  it('go on after the line that they had, also from another process that has read nothing yet', async () => {
    const before = createLogWorld();
    before.job.write(...texts(2_345));
    const had = [];
    for await (const lines of before.streams.followJobBatches('job', begin(null), never())) {
      had.push(lines);
      if (had.length === 2) break;
    }
    await before.streams.stop();
    const { streams, job, endJob } = createLogWorld();
    job.write(...texts(2_345));
    const all = [2_000, 2_000, 2_100].map((line) => drain(streams.followJobBatches('job', begin(line), never())));
    await vi.waitUntil(() => job.followed === 1);
    job.write(...texts(1_000, 2_346));
    endJob();
    const [first = [], second = [], third = []] = await Promise.all(all);
    expectLines([...had, ...first], 1, 3_345);
    expect(second).toEqual(first);
    expectLines(third, 2_101, 3_345);
  });

  it.each([
    ['the platform', 1, ({ endJob }: ReturnType<typeof createLogWorld>) => endJob()],
    ['the store', 0, ({ forgetJob }: ReturnType<typeof createLogWorld>) => forgetJob()],
  ])('of a job that has ended have it read once for all, from %s', async (_where, read, end) => {
    const world = createLogWorld();
    const { streams, job } = world;
    job.write(...texts(3_210));
    end(world);
    const all = await Promise.all(
      Array.from({ length: 30 }, () => drain(streams.followJobBatches('job', begin(null), never()))),
    );
    for (const lists of all) expectLines(lists, 1, 3_210);
    expect(distinct(all)).toBe(4);
    expect([job.followed, job.open, job.read]).toEqual([0, 0, read]);
  });

  it('of very long lines are given lists that are bounded by what they hold', async () => {
    const { streams, job, endJob } = createLogWorld();
    job.write(...Array.from({ length: 40 }, (_, at) => `${at} ${'x'.repeat(100_000)}`));
    endJob();
    const lists = await drain(streams.followJobBatches('job', begin(null), never()));
    expectLines(lists, 1, 40);
    for (const lines of lists) expect(lines.length).toBeLessThanOrEqual(6);
  });

  it('that leave while they catch up leave nothing open', async () => {
    const { streams, job } = createLogWorld({ lines: 10, characters: 1_000 });
    job.write('line 1');
    const abort = new AbortController();
    const followers = Array.from({ length: 10 }, () =>
      streams.followJobBatches('job', begin(null), abort.signal)[Symbol.asyncIterator](),
    );
    await Promise.all(followers.map((lists) => lists.next()));
    job.write(...texts(5_000, 2));
    await Promise.all(followers.map((lists) => lists.next()));
    expect(job.open).toBeGreaterThan(1);
    abort.abort();
    await vi.waitUntil(() => streams.openReadings === 0 && job.open === 0);
    for (const lists of followers) expect(await lists.next()).toMatchObject({ done: true });
  });
});
