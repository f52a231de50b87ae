import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { JobSpec, JobStatus } from '../../jobs/ports/platform/jobs.ts';
import { readProcess } from '../../src/machine/process-mark.ts';
import type { LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { eventually } from './eventually.ts';
import type { LocalHome } from './local-platform.ts';
import { collect, untilNow } from './platform-specs.ts';
import { useLocalPlatform } from './use-local-platform.ts';

/** The last thing that the script of a job says which succeeds. */
export const DONE = `echo '::toygres:: result {"done":true}'`;

/** A local platform for the tests of a file, and what they look at in its jobs. */
export interface LocalJobs {
  readonly home: LocalHome;
  readonly platform: LocalPlatform;
  /** Where the supervisor of a job keeps its notes. */
  runDirectory(spec: JobSpec): string;
  readSupervisor(spec: JobSpec): Promise<number>;
  /** The texts of its log so far. */
  textsOf(spec: JobSpec): Promise<readonly string[]>;
  untilOver(spec: JobSpec): Promise<JobStatus>;
  /** The pids that a script printed as `pid <n>`, when it has printed that many. */
  pidsOf(spec: JobSpec, count: number): Promise<readonly number[]>;
}

/** To be called at the head of a file or of a `describe`. */
export function useLocalJobs(): LocalJobs {
  const local = useLocalPlatform();

  const runDirectory = (spec: JobSpec) => path.join(local.home.stateDirectory, 'jobs', spec.id, 'run');
  const textsOf = async (spec: JobSpec) =>
    (await collect(local.platform.followJobLogs(spec, untilNow()))).map((line) => line.text);
  return {
    get home() {
      return local.home;
    },
    get platform() {
      return local.platform;
    },
    runDirectory,
    readSupervisor: async (spec) =>
      Number((await readFile(path.join(runDirectory(spec), 'supervisor'), 'utf8')).split(' ')[0]),
    textsOf,
    untilOver: (spec) =>
      eventually(
        () => local.platform.readJob(spec),
        (status) => ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(status.state),
      ),
    pidsOf: async (spec, count) => {
      const texts = await eventually(
        () => textsOf(spec),
        (lines) => lines.filter((line) => line.startsWith('pid ')).length >= count,
      );
      return texts.filter((line) => line.startsWith('pid ')).map((line) => Number(line.slice(4)));
    },
  };
}

export async function expectGone(pids: readonly number[]): Promise<void> {
  expect(await Promise.all(pids.map((pid) => readProcess(pid)))).toEqual(pids.map(() => null));
}
