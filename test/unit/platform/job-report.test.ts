import { describe, expect, test } from 'vitest';
import { parseProgress, parseResult } from '../../../jobs/ports/job-protocol.ts';
import { describeFailure, type FailureFacts } from '../../../src/platform/job-report.ts';

describe('what a script reports', () => {
  test('missing figures are null', () => {
    const nothing = { bytesDone: null, bytesTotal: null, percent: null, message: null };
    expect(parseProgress('{"phase":"dump"}')).toEqual({ phase: 'dump', ...nothing });
  });

  test.each(['', '{', 'null', '[]', '"dump"', '{}', '{"phase":""}', '{"phase":7}'])('%j is no report', (text) => {
    expect(parseProgress(text)).toBeNull();
  });

  test('a figure that cannot be is left out, and a message is kept short', () => {
    const text = JSON.stringify({ phase: 'dump', bytesDone: -1, percent: 101, message: 'x'.repeat(9_000) });
    const report = parseProgress(text);
    expect(report).toMatchObject({ bytesDone: null, percent: null });
    expect(report?.message).toHaveLength(500);
  });

  test.each(['', '{', 'null', '[1]', '"x"', '7'])('%j is no result', (text) => {
    expect(parseResult(text)).toBeNull();
  });
});

describe('why a job failed', () => {
  const facts: FailureFacts = {
    kind: 'backup',
    cause: 'exit',
    exitCode: 3,
    deadlineSeconds: 60,
    error: null,
    lastLine: null,
    report: null,
  };

  test('the script itself knows best', () => {
    expect(describeFailure({ ...facts, error: 'no room', lastLine: 'noise' })).toBe('no room');
  });

  test('else its exit status, the signal that ended it and its last line tell', () => {
    expect(describeFailure(facts)).toBe('The backup script ended with exit status 3.');
    expect(describeFailure({ ...facts, lastLine: 'oops' })).toContain('; its last line: oops');
    expect(describeFailure({ ...facts, exitCode: 137 })).toMatch(/SIGKILL.*memory/);
    expect(describeFailure({ ...facts, exitCode: 130 })).toContain('signal 2');
    expect(describeFailure({ ...facts, exitCode: 0 })).toContain('without saying its result');
  });

  test('at the deadline it names what the job was doing, even when the script complained about being ended', () => {
    const report = { phase: 'dump', bytesDone: null, bytesTotal: null, percent: null, message: 'public.orders' };
    const text = describeFailure({ ...facts, cause: 'deadline', error: 'ended by a signal', report });
    expect(text).toBe('The backup job was ended at its deadline of 60 s; it was in phase dump (public.orders).');
  });
});
