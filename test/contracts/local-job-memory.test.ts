import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobSpec, JobStatus } from '../../jobs/ports/platform/jobs.ts';
import type { LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { eventually } from '../support/eventually.ts';
import { DONE } from '../support/local-jobs.ts';
import { createLocalHome, type LocalHome } from '../support/local-platform.ts';
import { collect, jobSpec, untilNow } from '../support/platform-specs.ts';

const LIMIT = 256 * 2 ** 20;
/** Bash keeps a variable as it is. */
const HOLD = (mebibytes: number) => `held=$(head -c ${mebibytes * 2 ** 20} /dev/zero | tr '\\0' x)`;
const GROW = `grow() { ${HOLD(20)}; while :; do held=$held$held; done; }`;
const GROWING_CHILD = 'bash -c "$(declare -f grow); grow"';

let home: LocalHome;
let platform: LocalPlatform;
beforeAll(async () => {
  home = await createLocalHome();
  platform = await home.open(3, LIMIT);
});
afterAll(async () => {
  await platform?.stop();
  await home?.stop();
});

async function runToEnd(spec: JobSpec): Promise<JobStatus> {
  await platform.ensureJob(spec);
  return eventually(
    () => platform.readJob(spec),
    ({ state }) => ['SUCCEEDED', 'FAILED'].includes(state),
    300_000,
  );
}

test('a job that takes more memory than it may is ended once and for all, and says what held it and what to raise', async () => {
  const spec = jobSpec(`${GROW}; trap '' TERM; grow; ${DONE}`, { attempts: 3 });
  const status = await runToEnd(spec);
  expect(status).toMatchObject({ state: 'FAILED', attempts: 1, exitCode: 78 });
  expect(status.failure).toMatch(
    /^the job was ended: it held \d+ MiB of memory and may have 256 MiB, most of it in bash\. Raise TOYGRES_JOB_MEMORY /,
  );
});

test('what it started counts as well, wherever it went', async () => {
  const status = await runToEnd(jobSpec(`${GROW}; setsid ${GROWING_CHILD} & sleep 60; ${DONE}`));
  expect(status).toMatchObject({ state: 'FAILED', exitCode: 78 });
  expect(status.failure).toContain('may have 256 MiB');
});

test('what the word of the program was, as it was ended for that, is not taken for the cause', async () => {
  const spec = jobSpec(`${GROW}; ${GROWING_CHILD}; echo '::toygres:: error bash was ended by signal 9'; exit 1`);
  expect((await runToEnd(spec)).failure).toContain('may have 256 MiB');
});

test('what workers share with the one who made them counts once', async () => {
  const spec = jobSpec(`${HOLD(90)}; for i in 1 2 3 4; do (sleep 2.5; true) & done; wait; ${DONE}`);
  const status = await runToEnd(spec);
  const lines = (await collect(platform.followJobLogs(spec, untilNow()))).map(({ text }) => text);
  expect([status.state, status.failure, lines]).toEqual(['SUCCEEDED', null, []]);
});
