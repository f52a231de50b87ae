import { expect, it } from 'vitest';
import { splitRuns, tellRun } from '../../../web/src/pages/operations/runs.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const event = (second: number, state: string) => ({ at: at(second), state });
const EVENTS = [event(0, 'QUEUED'), event(1, 'RUNNING'), event(2, 'FAILED'), event(8, 'QUEUED'), event(9, 'RUNNING')];
const timesOf = (events: readonly { readonly at: string }[]) => events.map((one) => one.at);

it('tells the runs that were retried apart from the present one', () => {
  const underWay = splitRuns(EVENTS, 'RUNNING');
  expect([underWay.earlier.map(timesOf), timesOf(underWay.present)]).toEqual([[[at(0), at(1), at(2)]], [at(8), at(9)]]);

  const over = splitRuns([...EVENTS, event(10, 'FAILED')], 'FAILED');
  expect([over.earlier.length, timesOf(over.present)]).toEqual([1, [at(8), at(9), at(10)]]);

  // Retried just now: nothing of this run is told yet.
  const retried = splitRuns(EVENTS.slice(0, 3), 'QUEUED');
  expect([retried.earlier.length, retried.present]).toEqual([1, []]);
  const never = splitRuns(EVENTS.slice(0, 3), 'FAILED');
  expect([never.earlier.length, timesOf(never.present)]).toEqual([0, [at(0), at(1), at(2)]]);
});

it('says of a run that was retried where it failed, and why', () => {
  const step = {
    position: 2,
    name: 'Dump the databases',
    state: 'FAILED' as const,
    attempt: 1,
    startedAt: at(1),
    finishedAt: at(2),
    progress: null,
    failure: { code: 'STEP_FAILED' as const, message: 'no room', step: 'Dump the databases' },
  };
  expect(tellRun([event(0, 'QUEUED'), { ...event(2, 'RUNNING'), step }, event(3, 'FAILED')])).toEqual({
    from: Date.parse(at(0)),
    to: Date.parse(at(3)),
    failedStep: 'Dump the databases',
    message: 'no room',
  });
  expect(tellRun([])).toBeNull();
});
