import { expect, test } from 'vitest';
import { MAKERS, RUNNER_KINDS } from '../../../../src/platform/local/jobs/job-commands.ts';
import { PROGRAMS } from '../../../../src/runner/programs-by-kind.ts';

test('the platform knows of every program that the runner has', () => {
  // What a job makes beforehand is a program of its own, which no job is asked for by name.
  expect([...RUNNER_KINDS, ...Object.values(MAKERS)].sort()).toEqual(Object.keys(PROGRAMS).sort());
});
