import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStallWatchdog } from '../../../jobs/platform-jobs/stall-watchdog.ts';
import type { JobStatus } from '../../../jobs/ports/platform/jobs.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
const running = (bytesDone: number | null): JobStatus => ({
  state: 'RUNNING',
  attempts: 1,
  exitCode: null,
  startedAt: new Date(0),
  finishedAt: null,
  report:
    bytesDone === null ? null : { phase: 'dump', bytesDone, bytesTotal: 9, percent: null, message: 'dumping public.t' },
  reportedAt: new Date(0),
  result: null,
  failure: null,
});

it('fails of a job that has said nothing new for so long, naming the phase and what it was at', () => {
  const failIfStalled = createStallWatchdog('backup-a-12345678', 900);
  failIfStalled(running(1));
  vi.advanceTimersByTime(14 * MINUTE);
  failIfStalled(running(1));
  vi.advanceTimersByTime(MINUTE);
  expect(() => failIfStalled(running(1))).toThrow(
    'No progress for 15 minutes in dump (dumping public.t): the job backup-a-12345678 was ended.',
  );
});

it('is not taken in by a job that says the same again and again', () => {
  const failIfStalled = createStallWatchdog('backup-a-12345678', 900);
  for (let minute = 0; minute < 15; minute += 1) {
    failIfStalled({ ...running(1), reportedAt: new Date(minute * MINUTE) });
    vi.advanceTimersByTime(MINUTE);
  }
  expect(() => failIfStalled({ ...running(1), reportedAt: new Date(15 * MINUTE) })).toThrow(
    'No progress for 15 minutes',
  );
});

it('lets a job go on for ever that now and then says something new', () => {
  const failIfStalled = createStallWatchdog('backup-a-12345678', 900);
  for (let bytes = 0; bytes < 50; bytes += 1) {
    failIfStalled(running(bytes));
    vi.advanceTimersByTime(14 * MINUTE);
  }
});

it('also sees that a job never says anything at all', () => {
  const failIfStalled = createStallWatchdog('backup-a-12345678', 900);
  failIfStalled(running(null));
  vi.advanceTimersByTime(15 * MINUTE);
  expect(() => failIfStalled(running(null))).toThrow('No progress for 15 minutes in its start');
});

it('takes a clock that is set by hours for nothing', () => {
  const failIfStalled = createStallWatchdog('backup-a-12345678', 900);
  failIfStalled(running(1));
  vi.setSystemTime(Date.now() + 60 * MINUTE);
  failIfStalled(running(1));
  vi.setSystemTime(Date.now() - 120 * MINUTE);
  failIfStalled(running(1));
});
