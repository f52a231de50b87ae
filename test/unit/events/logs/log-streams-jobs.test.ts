import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../schema/errors.ts';
import { createLogWorld, drain, take } from '../../../support/log-world.ts';

const texts = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `line ${from + at}`);
const never = () => new AbortController().signal;
const ALL = { tailLines: null, afterLine: null };
const FOLLOW = { ...ALL, follow: true };

describe('reading a job log', () => {
  it('gives all, the last, or what comes after a line, with the job’s id', async () => {
    const { streams, job } = createLogWorld();
    job.write(...texts(10));
    const numbers = async (request: { tailLines: number | null; afterLine: number | null }) =>
      (await streams.readJob('job', request)).map((line) => line.line);
    expect(await numbers(ALL)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await numbers({ tailLines: 2, afterLine: null })).toEqual([9, 10]);
    expect(await numbers({ tailLines: null, afterLine: 8 })).toEqual([9, 10]);
    expect(await numbers({ tailLines: 1, afterLine: 8 })).toEqual([10]);
    expect(await numbers({ tailLines: 0, afterLine: null })).toEqual([]);
    expect(await numbers({ tailLines: 5, afterLine: 99 })).toEqual([]);
    expect((await streams.readJob('job', { tailLines: 1, afterLine: null }))[0]).toMatchObject({
      jobId: 'job',
      text: 'line 10',
    });
  });

  it('never answers with more than 10,000 lines', async () => {
    const { streams, job } = createLogWorld();
    job.write(...texts(12_000));
    const first = await streams.readJob('job', ALL);
    expect([first.length, first[0]?.line]).toEqual([10_000, 1]);
    const last = await streams.readJob('job', { tailLines: 50_000, afterLine: null });
    expect([last.length, last.at(-1)?.line]).toEqual([10_000, 12_000]);
  });

  it('finds the lines in the store once the platform has forgotten the job', async () => {
    const { streams, job, forgetJob } = createLogWorld();
    job.write(...texts(5));
    forgetJob();
    expect((await streams.readJob('job', { tailLines: null, afterLine: 3 })).map((l) => l.text)).toEqual([
      'line 4',
      'line 5',
    ]);
  });

  it('says NOT_FOUND for an unknown job, a follower at its first line', async () => {
    const { streams } = createLogWorld();
    await expect(streams.readJob('nobody', ALL)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(drain(streams.followJob('nobody', FOLLOW, never()))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('following a job log', () => {
  it('gives what there is, then what comes, and ends with the job', async () => {
    const { streams, job, endJob } = createLogWorld();
    job.write(...texts(3));
    const lines = streams.followJob('job', FOLLOW, never())[Symbol.asyncIterator]();
    for (const line of [1, 2, 3]) expect(await lines.next()).toMatchObject({ value: { line } });
    const parked = lines.next();
    job.write('live');
    expect(await parked).toMatchObject({ value: { line: 4, text: 'live', jobId: 'job' } });
    job.write('last');
    endJob();
    expect(await lines.next()).toMatchObject({ value: { text: 'last' } });
    expect(await lines.next()).toMatchObject({ done: true });
    expect([streams.openReadings, job.open]).toEqual([0, 0]);
  });

  it.each([
    [{ tailLines: 2, afterLine: null }, [9, 10, 11]],
    [{ tailLines: 0, afterLine: null }, [11]],
    [{ tailLines: null, afterLine: 7 }, [8, 9, 10, 11]],
    [{ tailLines: 1, afterLine: 7 }, [10, 11]],
  ])('begins where %j says', async (request, expected) => {
    const { streams, job } = createLogWorld();
    job.write(...texts(10));
    const taken = take(streams.followJob('job', { ...request, follow: true }, never()), expected.length);
    await vi.waitUntil(() => job.followed === 1);
    job.write('line 11');
    expect((await taken).map((line) => line.line)).toEqual(expected);
  });

  it('ends with what is there when it is not to follow, and opens no shared reading', async () => {
    const { streams, job } = createLogWorld();
    job.write(...texts(3));
    expect(await drain(streams.followJob('job', { ...ALL, follow: false }, never()))).toHaveLength(3);
    expect(job.followed).toBe(0);
  });

  it('waits for a job that the platform does not know yet', async () => {
    const { streams, job, state, endJob } = createLogWorld();
    state.job = 'ABSENT';
    state.record = { ...state.record, state: 'PENDING' };
    const all = drain(streams.followJob('job', FOLLOW, never()));
    await vi.waitUntil(() => job.followed + job.read > 0);
    state.job = 'RUNNING';
    job.write('at last');
    endJob();
    expect((await all).map((line) => line.text)).toEqual(['at last']);
  });

  it('reads the log of a long forgotten job from the store, to its end', async () => {
    const { streams, job, forgetJob } = createLogWorld();
    job.write(...texts(4));
    forgetJob();
    expect((await drain(streams.followJob('job', FOLLOW, never()))).map((l) => l.line)).toEqual([1, 2, 3, 4]);
    expect(job.followed).toBe(0);
  });

  it('loses no line when the job is forgotten before they were read', async () => {
    const { streams, job, forgetJob } = createLogWorld();
    job.write('first');
    const lines = streams.followJob('job', FOLLOW, never())[Symbol.asyncIterator]();
    await lines.next();
    const parked = lines.next();
    await vi.waitUntil(() => job.followed === 1);
    // Written and gone in one go: the platform's readers see the end before the lines.
    const hidden = [2, 3].map((line) => ({ line, attempt: 1, at: null, text: `line ${line}` }));
    job.over = true;
    job.lines.push(...hidden);
    forgetJob();
    expect(await parked).toMatchObject({ value: { line: 2 } });
    expect(await lines.next()).toMatchObject({ value: { line: 3 } });
    expect(await lines.next()).toMatchObject({ done: true });
  });

  it('tells every subscriber why the platform’s reading broke, and reads anew for the next one', async () => {
    const { streams, job } = createLogWorld();
    const followers = [1, 2, 3].map(() => drain(streams.followJob('job', FOLLOW, never())));
    await vi.waitUntil(() => job.followed === 1);
    job.fail(new AppError('UNAVAILABLE', 'the platform is away'));
    for (const end of await Promise.allSettled(followers))
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    job.failure = null;
    job.write('back');
    expect(await take(streams.followJob('job', FOLLOW, never()), 1)).toHaveLength(1);
    expect([streams.openReadings, job.open]).toEqual([0, 0]);
  });
});

describe('following a job log in batches', () => {
  it('gives all that is there at once in lists of at most 1,000, then what comes, and ends with the job', async () => {
    const { streams, job, endJob } = createLogWorld();
    job.write(...texts(2_300));
    const batches = streams.followJobBatches('job', FOLLOW, never())[Symbol.asyncIterator]();
    const sizes = [];
    for (let at = 0; at < 3; at += 1) sizes.push((await batches.next()).value?.length);
    expect(sizes).toEqual([1000, 1000, 300]);
    const next = batches.next();
    job.write(...texts(2, 2_301));
    const live = [...((await next).value ?? [])];
    if (live.length < 2) live.push(...((await batches.next()).value ?? []));
    expect(live.map(({ line, text, jobId }) => [line, text, jobId])).toEqual([
      [2_301, 'line 2301', 'job'],
      [2_302, 'line 2302', 'job'],
    ]);
    endJob();
    expect(await batches.next()).toEqual({ done: true, value: undefined });
  });

  it('gives no list that is empty', async () => {
    const { streams, endJob } = createLogWorld();
    endJob();
    expect(await drain(streams.followJobBatches('job', FOLLOW, never()))).toEqual([]);
  });

  it('gives the last lines of the request alone', async () => {
    const { streams, job } = createLogWorld();
    job.write(...texts(2_300));
    const request = { tailLines: 1_500, afterLine: null, follow: false };
    const batches = await drain(streams.followJobBatches('job', request, never()));
    expect(batches.map((lines) => [lines[0]?.line, lines.at(-1)?.line])).toEqual([
      [801, 1800],
      [1801, 2300],
    ]);
  });
});

describe('many subscribers', () => {
  it('share one reading, each with every line once, whenever they came', async () => {
    const { streams, job, endJob } = createLogWorld();
    job.write(...texts(100));
    const all: Promise<unknown[]>[] = [];
    for (let round = 0; round < 5; round += 1) {
      for (let at = 0; at < 20; at += 1) all.push(drain(streams.followJob('job', FOLLOW, never())));
      await vi.waitUntil(() => job.followed === 1);
      job.write(...texts(50, 101 + round * 50));
    }
    // Who comes later finds all of it in the shared reading.
    expect([job.followed, job.read]).toEqual([1, 0]);
    endJob();
    const expected = texts(350);
    for (const lines of await Promise.all(all)) {
      expect((lines as { text: string }[]).map((line) => line.text)).toEqual(expected);
    }
    expect([streams.openReadings, job.open]).toEqual([0, 0]);
  });

  it('are not held up by a slow one, which gets every line all the same', async () => {
    const { streams, job, endJob } = createLogWorld({ lines: 10, characters: 1_000 });
    const slow = streams.followJob('job', FOLLOW, never())[Symbol.asyncIterator]();
    const fast = drain(streams.followJob('job', FOLLOW, never()));
    job.write(...texts(1));
    expect(await slow.next()).toMatchObject({ value: { line: 1 } });
    for (let at = 2; at <= 500; at += 1) job.write(`line ${at}`);
    endJob();
    expect((await fast).map((line) => line.line)).toHaveLength(500);
    const rest: number[] = [];
    for (let next = await slow.next(); !next.done; next = await slow.next()) rest.push(next.value.line);
    expect(rest).toEqual(Array.from({ length: 499 }, (_, at) => at + 2));
    expect([streams.openReadings, job.open]).toEqual([0, 0]);
  });

  it('leave nothing behind after coming and going 1,000 times, in whatever state they leave', async () => {
    const { streams, job } = createLogWorld();
    job.write(...texts(20));
    const shared = new AbortController();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    for (let at = 0; at < 1_000; at += 1) {
      const own = new AbortController();
      const lines = streams
        .followJob('job', { ...FOLLOW, tailLines: at % 3 }, at % 2 ? own.signal : shared.signal)
        [Symbol.asyncIterator]();
      const parked: Promise<unknown>[] = [];
      // Never begun; in the middle of the history; parked at the end, waiting for more.
      for (let step = 0; step < at % 5; step += 1) parked.push(lines.next());
      if (at % 5 === 4) await vi.waitUntil(() => streams.openReadings === 1, { interval: 1 });
      if (at % 2) own.abort();
      else await lines.return?.();
      await Promise.all(parked);
      expect(await lines.next()).toMatchObject({ done: true });
    }
    await vi.waitUntil(() => streams.openReadings === 0 && job.open === 0);
    expect(getEventListeners(shared.signal, 'abort')).toHaveLength(0);
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('are answered at once when they leave while they wait', async () => {
    const { streams, job } = createLogWorld();
    const abort = new AbortController();
    const byReturn = streams.followJob('job', FOLLOW, never())[Symbol.asyncIterator]();
    const byAbort = streams.followJob('job', FOLLOW, abort.signal)[Symbol.asyncIterator]();
    const parked = [byReturn.next(), byAbort.next()];
    await vi.waitUntil(() => job.followed === 1);
    await byReturn.return?.();
    abort.abort();
    expect(await Promise.all(parked)).toMatchObject([{ done: true }, { done: true }]);
    await vi.waitUntil(() => streams.openReadings === 0 && job.open === 0);
  });

  it('see the end when the streams are stopped, and so does who comes later', async () => {
    const { streams, job } = createLogWorld();
    job.write('one');
    const all = drain(streams.followJob('job', FOLLOW, never()));
    await vi.waitUntil(() => job.followed === 1);
    await streams.stop();
    expect(await all).toHaveLength(1);
    expect(await drain(streams.followJob('job', FOLLOW, never()))).toHaveLength(1);
    expect([streams.openReadings, job.open]).toEqual([0, 0]);
  });
});
