import { describe } from 'vitest';
import type { PlatformHarness } from '../support/job-bench.ts';
import { platformJobLogContract } from './platform-job-logs.contract.ts';
import { platformJobContract } from './platform-jobs.contract.ts';
import { platformServerContract } from './platform-servers.contract.ts';

/**
 * What every platform promises, told through the port alone. `start` gives a platform that runs the test's scripts: each
 * kind of job evaluates its parameter PROGRAM, and at most three jobs run at once.
 */
export function platformContract(name: string, start: () => Promise<PlatformHarness>): void {
  describe(`${name} as a platform`, () => {
    platformServerContract(start);
    platformJobContract(start);
    platformJobLogContract(start);
  });
}
