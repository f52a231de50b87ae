import { describe, expect, it } from 'vitest';
import { buildWaterfall } from '../../../web/src/pages/operations/waterfall.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const ms = (seconds: number) => Date.parse(at(seconds));

function step(position: number, state: string, attempt: number, from: number | null, to: number | null) {
  return {
    position,
    name: `step ${position}`,
    state: state as 'RUNNING',
    attempt,
    startedAt: from === null ? null : at(from),
    finishedAt: to === null ? null : at(to),
    progress: null,
    failure: null,
  };
}

describe('buildWaterfall', () => {
  it('keeps the time in the queue apart from the work', () => {
    const operation = {
      createdAt: at(0),
      startedAt: at(4),
      finishedAt: at(10),
      steps: [step(1, 'SUCCEEDED', 1, 4, 10)],
    };
    const waterfall = buildWaterfall(operation, [], ms(60));
    expect(waterfall).toMatchObject({ from: ms(0), queuedUntil: ms(4), to: ms(10) });
    expect(waterfall.rows[0]?.segments).toEqual([{ attempt: 1, from: ms(4), to: ms(10), state: 'SUCCEEDED' }]);
  });

  it('shows each try at a step by itself, with the wait between them', () => {
    const events = [
      { at: at(1), step: step(1, 'RUNNING', 1, 1, null) },
      { at: at(3), step: step(1, 'FAILED', 1, 1, 3) },
      { at: at(6), step: step(1, 'RUNNING', 2, 6, null) },
      { at: at(9), step: step(1, 'SUCCEEDED', 2, 6, 9) },
    ];
    const operation = { createdAt: at(0), startedAt: at(1), finishedAt: at(9), steps: [step(1, 'SUCCEEDED', 2, 6, 9)] };
    expect(buildWaterfall(operation, events, ms(60)).rows[0]?.segments).toEqual([
      { attempt: 1, from: ms(1), to: ms(3), state: 'FAILED' },
      { attempt: 2, from: ms(6), to: ms(9), state: 'SUCCEEDED' },
    ]);
  });

  it('ends a try whose worker died, of which nothing more was told, where the next began', () => {
    const events = [
      { at: at(1), step: step(1, 'RUNNING', 1, 1, null) },
      { at: at(8), step: step(1, 'RUNNING', 2, 8, null) },
    ];
    const operation = { createdAt: at(0), startedAt: at(1), finishedAt: null, steps: [step(1, 'RUNNING', 2, 8, null)] };
    expect(buildWaterfall(operation, events, ms(20)).rows[0]?.segments).toEqual([
      { attempt: 1, from: ms(1), to: ms(8), state: 'FAILED' },
      { attempt: 2, from: ms(8), to: null, state: 'RUNNING' },
    ]);
  });

  it('tells the time that taking back took apart from the steps', () => {
    const steps = [step(1, 'FAILED', 1, 1, 3), step(2, 'SKIPPED', 0, null, null)];
    const failed = { state: 'FAILED', createdAt: at(0), startedAt: at(1), finishedAt: at(5), steps };
    expect(buildWaterfall(failed, [], ms(60)).undoneFrom).toBe(ms(3));
    const succeeded = { ...failed, state: 'SUCCEEDED', steps: [step(1, 'SUCCEEDED', 1, 1, 3)] };
    expect(buildWaterfall(succeeded, [], ms(60)).undoneFrom).toBeNull();
  });

  it('begins a run that was retried when it was asked for again, and waits until a worker took that', () => {
    const operation = {
      state: 'SUCCEEDED',
      createdAt: at(0),
      startedAt: at(1),
      finishedAt: at(110),
      steps: [step(1, 'SUCCEEDED', 1, 1, 2), step(2, 'SUCCEEDED', 1, 104, 109)],
    };
    const events = [
      { at: at(100), state: 'QUEUED', step: null },
      { at: at(100), state: 'QUEUED', step: step(2, 'PENDING', 0, null, null) },
      { at: at(103), state: 'RUNNING', step: null },
      { at: at(104), state: 'RUNNING', step: step(2, 'RUNNING', 1, 104, null) },
    ];
    const waterfall = buildWaterfall(operation, events, ms(200), true);
    expect(waterfall).toMatchObject({ from: ms(100), queuedUntil: ms(103), to: ms(110) });
    // What the first run had done already takes none of this one's time.
    expect(waterfall.rows.map(({ segments }) => segments.length)).toEqual([0, 1]);
  });

  it('waits until now for a worker that has not come', () => {
    const operation = {
      createdAt: at(0),
      startedAt: null,
      finishedAt: null,
      steps: [step(1, 'PENDING', 0, null, null)],
    };
    const waterfall = buildWaterfall(operation, [], ms(5));
    expect([waterfall.queuedUntil, waterfall.to, waterfall.rows[0]?.segments]).toEqual([ms(5), ms(5), []]);
  });
});
