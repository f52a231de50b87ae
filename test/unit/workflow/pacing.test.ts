import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoffMs } from '../../../src/waiting/backoff.ts';
import { every } from '../../../src/waiting/every.ts';
import { pause } from '../../../src/waiting/pause.ts';
import { createRunControl, Interrupted } from '../../../src/workflow/runs/run-control.ts';
import { createSlots } from '../../../src/workflow/runs/slots.ts';
import { runAttempt } from '../../../src/workflow/steps/attempt.ts';
import { createProgressReporter } from '../../../src/workflow/steps/progress-reporter.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const never = new AbortController().signal;

describe('the backoff', () => {
  it('doubles from the first wait up to the longest', () => {
    const waits = [1, 2, 3, 4, 5, 6, 1000].map((failures) =>
      backoffMs(failures, { delayMs: 2000, maxDelayMs: 30_000 }),
    );
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });
});

describe('a pause', () => {
  it('ends with its time or its signal, whichever is first', async () => {
    const controller = new AbortController();
    const first = pause(1000, never);
    const second = pause(1000, controller.signal);
    controller.abort();
    await second;
    await vi.advanceTimersByTimeAsync(1000);
    await first;
    await pause(1000, controller.signal);
  });
});

describe('slots', () => {
  it('are given to at most so many at once, in the order of asking, and given back once', async () => {
    const slots = createSlots(2);
    const [one, two] = await Promise.all([slots.take(never), slots.take(never)]);
    const got: string[] = [];
    const third = slots.take(never).then(() => got.push('third'));
    const fourth = slots.take(never).then(() => got.push('fourth'));
    await Promise.resolve();
    expect(got).toEqual([]);
    one?.();
    one?.();
    await third;
    expect(got).toEqual(['third']);
    two?.();
    await fourth;
    expect(got).toEqual(['third', 'fourth']);
  });

  it('are not waited for any more by one who was aborted', async () => {
    const slots = createSlots(1);
    const release = await slots.take(never);
    const controller = new AbortController();
    const aborted = slots.take(controller.signal);
    const next = slots.take(never);
    controller.abort();
    expect(await aborted).toBeNull();
    release?.();
    expect(await next).not.toBeNull();
    expect(await slots.take(AbortSignal.abort())).toBeNull();
  });
});

describe('an attempt', () => {
  const limits = { timeoutMs: 100, timeoutError: () => new Error('too long'), settleMs: 50 };

  it('that heeds its signal may still succeed after its time', async () => {
    const { forward } = createRunControl();
    const outcome = runAttempt(
      forward,
      limits,
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('done after all'))),
    );
    await vi.advanceTimersByTimeAsync(100);
    expect(await outcome).toBe('done after all');
  });

  it('that does not is left behind a while after', async () => {
    const { forward } = createRunControl();
    const outcome = runAttempt(forward, limits, () => new Promise(() => undefined)).catch((error: Error) => error);
    await vi.advanceTimersByTimeAsync(150);
    expect(await outcome).toMatchObject({ message: 'too long' });
  });

  it('fails of the time it took, not of the error that its end made', async () => {
    const { forward } = createRunControl();
    const outcome = runAttempt(
      forward,
      limits,
      (signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('socket closed')))),
    ).catch((error: Error) => error);
    await vi.advanceTimersByTimeAsync(100);
    expect(await outcome).toMatchObject({ message: 'too long' });
  });

  it('is interrupted, for the reason that counts most', async () => {
    const control = createRunControl();
    const outcome = runAttempt(
      control.forward,
      limits,
      (signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ).catch((error: Error) => error);
    control.stopSoon();
    control.cancel();
    control.supersede();
    expect(await outcome).toEqual(new Interrupted('superseded'));
    expect(control.backward.reason).toBe('superseded');
  });

  it('turns a synchronous throw into a rejection', async () => {
    const { forward } = createRunControl();
    const thrown = runAttempt(forward, limits, () => {
      throw new Error('at once');
    });
    await expect(thrown).rejects.toThrow('at once');
  });
});

describe('a run control', () => {
  it('cancels the way forward alone', () => {
    const control = createRunControl();
    control.cancel();
    expect(() => control.forward.check()).toThrow(Interrupted);
    control.backward.check();
    expect(control.lost.aborted).toBe(false);
  });

  it('halts at first and aborts later when it stops', () => {
    const control = createRunControl();
    control.stopSoon();
    expect([control.forward.halted.aborted, control.forward.aborted.aborted]).toEqual([true, false]);
    control.stopNow();
    expect([control.backward.aborted.aborted, control.lost.aborted]).toEqual([true, true]);
  });
});

describe('a progress reporter', () => {
  it('passes on the first at once, then at most one a second, always the newest', async () => {
    const written: number[] = [];
    const reporter = createProgressReporter<number>(1000, async (value) => void written.push(value));
    for (let value = 0; value <= 25; value += 1) {
      reporter.report(value);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(written).toEqual([0, 9, 19]);
    await reporter.close();
    reporter.report(99);
    await vi.advanceTimersByTimeAsync(5000);
    expect(written).toEqual([0, 9, 19]);
  });

  it('counts the second from the end of a slow write, and waits for it when it is closed', async () => {
    const written: number[] = [];
    const reporter = createProgressReporter<number>(1000, async (value) => {
      await pause(3000, never);
      written.push(value);
    });
    reporter.report(1);
    await vi.advanceTimersByTimeAsync(10);
    reporter.report(2);
    await vi.advanceTimersByTimeAsync(3500);
    expect(written).toEqual([1]);
    await vi.advanceTimersByTimeAsync(600);
    const closed = reporter.close();
    await vi.advanceTimersByTimeAsync(3000);
    await closed;
    expect(written).toEqual([1, 2]);
  });
});

describe('what is done again and again', () => {
  it('never overlaps itself, outlives its errors, and ends when it was told to', async () => {
    let running = 0;
    let most = 0;
    let times = 0;
    const errors: unknown[] = [];
    const stop = every(
      100,
      async () => {
        running += 1;
        most = Math.max(most, running);
        times += 1;
        await pause(250, never);
        running -= 1;
        if (times === 1) throw new Error('once');
      },
      (error) => errors.push(error),
    );
    await vi.advanceTimersByTimeAsync(1000);
    expect([most, times, errors.length]).toEqual([1, 3, 1]);
    const stopped = stop();
    await vi.advanceTimersByTimeAsync(1000);
    await stopped;
    expect(times).toBe(3);
  });
});
