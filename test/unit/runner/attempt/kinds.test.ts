import { expect, test } from 'vitest';
import { RUNNER_KINDS } from '../../../../src/platform/local/jobs/job-commands.ts';
import { PROGRAMS } from '../../../../src/runner/programs-by-kind.ts';

test('the platform knows of every program that the runner has', () => {
  expect([...RUNNER_KINDS].sort()).toEqual(Object.keys(PROGRAMS).sort());
});
