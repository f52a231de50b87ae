import { describe, expect, it } from 'vitest';
import { readSecondsLeft } from '../../../resolvers/operations/seconds-left.ts';
import type { WeighedStep } from '../../../resolvers/ports/records.ts';

const NOW = new Date('2026-03-01T10:00:00.000Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

function step(values: Partial<WeighedStep> & { secondsLeft?: number }): WeighedStep {
  const { secondsLeft, ...rest } = values;
  const measured = { percent: 50, bytesDone: null, bytesTotal: null, bytesPerSecond: null, message: null };
  return {
    position: 1,
    name: 'a step',
    state: 'PENDING',
    attempt: 1,
    weight: 1,
    failure: null,
    startedAt: null,
    finishedAt: null,
    progress: secondsLeft === undefined ? null : { ...measured, secondsLeft },
    ...rest,
  };
}

const done = (weight: number, seconds: number) =>
  step({ state: 'SUCCEEDED', weight, startedAt: ago(seconds + 60), finishedAt: ago(60) });

describe('the time that an operation has left', () => {
  it('is what its running step expects when nothing comes after it', () => {
    const steps = [done(1, 5), step({ state: 'RUNNING', weight: 8, startedAt: ago(30), secondsLeft: 12 })];
    expect(readSecondsLeft('RUNNING', steps, NOW)).toBe(12);
  });

  it('has steps to come go as fast for their weight as those before', () => {
    const running = step({ state: 'RUNNING', weight: 10, startedAt: ago(80), secondsLeft: 20 });
    expect(readSecondsLeft('RUNNING', [running, step({ weight: 5 })], NOW)).toBe(20 + 50);
    expect(readSecondsLeft('RUNNING', [done(10, 40), step({ weight: 5 })], NOW)).toBe(20);
  });

  it('counts what is skipped as nothing', () => {
    const steps = [done(4, 8), step({ state: 'SKIPPED', weight: 50 }), step({ weight: 2 })];
    expect(readSecondsLeft('RUNNING', steps, NOW)).toBe(4);
  });

  it('is not told while hardly anything was done', () => {
    expect(
      readSecondsLeft('RUNNING', [done(1, 0.01), step({ state: 'RUNNING', weight: 80, startedAt: NOW })], NOW),
    ).toBe(null);
    expect(readSecondsLeft('RUNNING', [step({ weight: 1 })], NOW)).toBeNull();
  });

  it.each(['QUEUED', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const)('is not told when %s', (state) => {
    expect(readSecondsLeft(state, [done(10, 40), step({ weight: 5 })], NOW)).toBeNull();
  });
});
