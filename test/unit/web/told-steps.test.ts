import { describe, expect, it } from 'vitest';
import { standingSteps, wordOf } from '../../../web/src/pages/operations/told-steps.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

const NO_PROGRESS = { bytesDone: null, bytesTotal: null, bytesPerSecond: null, secondsLeft: null, message: null };

function step(state: string, attempt: number, from: number | null, to: number | null, percent: number | null = null) {
  return {
    position: 1,
    name: 'Dump the databases',
    state: state as 'RUNNING',
    attempt,
    startedAt: from === null ? null : at(from),
    finishedAt: to === null ? null : at(to),
    progress: percent === null ? null : { ...NO_PROGRESS, percent },
    failure: null,
  };
}

describe('steps as an answer and events tell of them', () => {
  const stateOf = (answered: ReturnType<typeof step>, ...told: readonly ReturnType<typeof step>[]) =>
    standingSteps(
      [answered],
      told.map((one) => ({ step: one })),
    )[0];

  it('are what the last event said, while the answer gets old', () => {
    const running = step('RUNNING', 1, 5, null, 40);
    expect(stateOf(step('PENDING', 0, null, null), step('RUNNING', 1, 5, null, 10), running)).toBe(running);
    const over = step('SUCCEEDED', 1, 5, 9);
    expect(stateOf(step('RUNNING', 1, 5, null, 10), over)).toBe(over);
  });

  it('are what the answer says where the last event of a step was missed', () => {
    const over = step('SUCCEEDED', 1, 5, 9);
    expect(stateOf(over, step('RUNNING', 1, 5, null, 90))).toBe(over);
  });

  it('are those of the later try', () => {
    const again = step('RUNNING', 2, 20, null);
    expect(stateOf(step('FAILED', 1, 5, 9), again)).toBe(again);
    expect(stateOf(again, step('FAILED', 1, 5, 9))).toBe(again);
    const begunAgain = step('RUNNING', 1, 30, null);
    expect(stateOf(step('SUCCEEDED', 1, 5, 9), begunAgain)).toBe(begunAgain);
  });

  it('have another word when one begins or ends, and the same while it goes on', () => {
    const words = [
      step('PENDING', 0, null, null),
      step('RUNNING', 1, 5, null, 10),
      step('RUNNING', 1, 5, null, 90),
      step('SUCCEEDED', 1, 5, 9),
    ].map((one) => wordOf([one]));
    expect(words[1]).toBe(words[2]);
    expect(new Set(words).size).toBe(3);
  });
});
