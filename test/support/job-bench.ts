import { afterAll, beforeAll } from 'vitest';
import type { JobSpec, JobStatus } from '../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../jobs/ports/platform/platform.ts';
import type { Address } from '../../jobs/ports/platform/servers.ts';
import { eventually } from './eventually.ts';
import { collect, untilNow } from './platform-specs.ts';

/** A platform to test, and how to take it down with everything on it. */
export interface PlatformHarness {
  readonly platform: Platform;
  /** Where this process reaches what an endpoint names; left out where that is the same. */
  readonly addressOf?: (endpoint: Address) => Promise<Address>;
  stop(): Promise<void>;
}

/** Lets a script succeed. */
export const DONE = `echo '::toygres:: result {"done":true}'`;
/** Says when it has begun and then waits to be ended. */
export const ENDLESS = 'echo begun; while :; do sleep 0.2; done';

export interface JobBench {
  readonly platform: Platform;
  untilOver(spec: JobSpec): Promise<JobStatus>;
  runToEnd(spec: JobSpec): Promise<JobStatus>;
  /** What the job has printed so far. */
  textsOf(spec: JobSpec): Promise<readonly string[]>;
  untilBegun(spec: JobSpec): Promise<unknown>;
}

/** Call it in a `describe`; what it gives can be used inside tests. */
export function useJobBench(start: () => Promise<PlatformHarness>): JobBench {
  let harness: PlatformHarness;
  beforeAll(async () => {
    harness = await start();
  });
  afterAll(() => harness.stop());

  const bench: JobBench = {
    get platform() {
      return harness.platform;
    },
    untilOver: (spec) =>
      eventually(
        () => bench.platform.readJob(spec),
        (status) => ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(status.state),
      ),
    runToEnd: async (spec) => {
      await bench.platform.ensureJob(spec);
      return bench.untilOver(spec);
    },
    textsOf: async (spec) => (await collect(bench.platform.followJobLogs(spec, untilNow()))).map((line) => line.text),
    untilBegun: (spec) =>
      eventually(
        () => bench.textsOf(spec),
        (texts) => texts.includes('begun'),
      ),
  };
  return bench;
}
