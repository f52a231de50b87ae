import { describe, expect, it } from 'vitest';
import { createProgressTracker, percentOfRun } from '../../../src/workflow/steps/progress.ts';

describe('a progress tracker', () => {
  it('works out percent, rate and seconds left from bytes', () => {
    const tracker = createProgressTracker(null);
    expect(tracker.take({ bytesDone: 0, bytesTotal: 1000 }, 0)).toMatchObject({
      percent: 0,
      bytesPerSecond: null,
      secondsLeft: null,
    });
    expect(tracker.take({ bytesDone: 100, bytesTotal: 1000 }, 1000)).toEqual({
      percent: 10,
      bytesDone: 100,
      bytesTotal: 1000,
      bytesPerSecond: 100,
      secondsLeft: 9,
      message: null,
    });
  });

  it('smooths the rate: one stalled second does not stop the clock', () => {
    const tracker = createProgressTracker(null);
    for (let second = 0; second <= 20; second += 1) {
      tracker.take({ bytesDone: second * 100, bytesTotal: 10_000 }, second * 1000);
    }
    const stalled = tracker.take({ bytesDone: 2000, bytesTotal: 10_000 }, 21_000);
    expect(stalled.bytesPerSecond).toBeGreaterThan(50);
    expect(stalled.bytesPerSecond).toBeLessThan(100);
  });

  it('never lets the percent fall, neither by a smaller report nor over a new attempt of the job', () => {
    const tracker = createProgressTracker(null);
    tracker.take({ bytesDone: 600, bytesTotal: 1000 }, 0);
    const again = tracker.take({ bytesDone: 10, bytesTotal: 1000 }, 1000);
    expect(again).toMatchObject({ percent: 60, bytesDone: 10 });
    const resumed = createProgressTracker(again);
    expect(resumed.take({ percent: 5 }, 0).percent).toBe(60);
    expect(resumed.take({ percent: 70 }, 1000).percent).toBe(70);
  });

  it('leaves 100 to the success', () => {
    const tracker = createProgressTracker(null);
    expect(tracker.take({ percent: 100 }, 0).percent).toBe(99.9);
    expect(tracker.take({ bytesDone: 5, bytesTotal: 0 }, 1).percent).toBe(99.9);
    expect(tracker.finish()).toMatchObject({ percent: 100, secondsLeft: 0 });
    expect(createProgressTracker(null).finish()).toBeNull();
  });

  it('tells no end of what has stood still for long, and none that a client could not read', () => {
    const tracker = createProgressTracker(null);
    tracker.take({ bytesDone: 0, bytesTotal: 1e12 }, 0);
    tracker.take({ bytesDone: 7e6, bytesTotal: 1e12 }, 1000);
    for (let second = 2; second <= 600; second += 1) {
      const { secondsLeft } = tracker.take({ bytesDone: 7e6, bytesTotal: 1e12 }, second * 1000);
      expect(secondsLeft ?? 0).toBeLessThan(2 ** 31);
    }
    expect(tracker.last?.secondsLeft).toBeNull();
    // It goes on.
    expect(tracker.take({ bytesDone: 5e11, bytesTotal: 1e12 }, 601_000).secondsLeft).toBeGreaterThan(0);
  });

  it('tells no end before it has seen enough of the pace', () => {
    const tracker = createProgressTracker(null);
    const slow = (at: number, bytesDone: number) => tracker.take({ bytesDone, bytesTotal: 1_000_000 }, at).secondsLeft;
    expect(slow(0, 0)).toBeNull();
    expect(slow(200, 1)).toBeNull();
    expect(slow(2000, 9_000)).toBeNull();
    expect(slow(4000, 20_000)).toBeGreaterThan(0);
    const patient = createProgressTracker(null);
    patient.take({ percent: 0 }, 0);
    expect(patient.take({ percent: 0.5 }, 9_000).secondsLeft).toBeNull();
    expect(patient.take({ percent: 0.6 }, 11_000).secondsLeft).toBeGreaterThan(1000);
  });

  it('tells no end of what has not moved for half a minute, and one again when it moves', () => {
    const tracker = createProgressTracker(null);
    const at = (second: number, bytesDone: number) =>
      tracker.take({ bytesDone, bytesTotal: 36_000_000 }, second * 1000).secondsLeft;
    at(0, 0);
    expect(at(1, 11_000_000)).toBe(3);
    expect(at(2, 22_000_000)).toBe(2);
    for (let second = 3; second <= 32; second += 1) expect(at(second, 22_000_000), `${second}`).toBeGreaterThan(0);
    expect(at(33, 22_000_000)).toBeNull();
    expect(at(120, 22_000_000)).toBeNull();
    expect(at(121, 24_000_000)).toBeGreaterThan(0);
  });

  it('tells no end when all is through and it still goes on', () => {
    const tracker = createProgressTracker(null);
    tracker.take({ bytesDone: 0, bytesTotal: 100 }, 0);
    expect(tracker.take({ bytesDone: 100, bytesTotal: 100 }, 2000)).toMatchObject({ percent: 99.9, secondsLeft: null });
  });

  it('says when it is begun anew how far it was, and nothing of what was said before', () => {
    const tracker = createProgressTracker(null);
    tracker.take({ bytesDone: 0, bytesTotal: 100, message: 'uploading' }, 0);
    tracker.take({ bytesDone: 50, bytesTotal: 100 }, 2000);
    const kept = {
      percent: 50,
      bytesDone: 50,
      bytesTotal: 100,
      bytesPerSecond: null,
      secondsLeft: null,
      message: null,
    };
    expect(tracker.last).toMatchObject({ message: 'uploading', bytesPerSecond: 25 });
    expect(tracker.again()).toEqual(kept);
    expect(tracker.take({ bytesDone: 51 }, 500_000)).toEqual({ ...kept, percent: 51, bytesDone: 51 });
    expect(tracker.take({ message: 'at it' }, 501_000).message).toBe('at it');
    expect(tracker.take({ message: null }, 502_000).message).toBeNull();
    expect(createProgressTracker(null).again()).toBeNull();
  });

  it('says of a success that all bytes are done, whatever the last report was', () => {
    const tracker = createProgressTracker(null);
    tracker.take({ bytesDone: 371, bytesTotal: 657 }, 0);
    expect(tracker.finish()).toMatchObject({ percent: 100, bytesDone: 657, bytesTotal: 657 });
  });

  it('takes no nonsense: not a number, negative or infinite ones are as if not said', () => {
    const tracker = createProgressTracker(null);
    const reported = tracker.take({ percent: Number.NaN, bytesDone: -1, bytesTotal: Number.POSITIVE_INFINITY }, 0);
    expect(reported).toMatchObject({ percent: null, bytesDone: null, bytesTotal: null });
    expect(tracker.take({ percent: -5, message: 'a\0b' }, 1)).toMatchObject({ percent: 0, message: 'ab' });
  });

  it('tells the seconds left from percents where bytes are not known', () => {
    const tracker = createProgressTracker(null);
    tracker.take({ percent: 0 }, 0);
    expect(tracker.take({ percent: 25 }, 5000)).toMatchObject({ secondsLeft: 15, bytesPerSecond: null });
  });
});

describe('the percent of a run', () => {
  const step = (weight: number, state: string, percent: number | null = null) => ({
    weight,
    state,
    progress:
      percent === null
        ? null
        : { percent, bytesDone: null, bytesTotal: null, bytesPerSecond: null, secondsLeft: null, message: null },
  });

  it('weighs the steps, counts half of a step that is half done, and nothing of one that failed', () => {
    expect(percentOfRun([step(1, 'SUCCEEDED'), step(8, 'RUNNING', 50), step(1, 'PENDING')])).toBe(50);
    expect(percentOfRun([step(1, 'SUCCEEDED'), step(3, 'FAILED', 90), step(0, 'SKIPPED')])).toBe(25);
  });

  it('is 0 for a workflow of no weight', () => {
    expect(percentOfRun([])).toBe(0);
    expect(percentOfRun([step(0, 'SUCCEEDED')])).toBe(0);
  });
});
