import { spawn } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { JobSpec, JobStatus } from '../../jobs/ports/platform/jobs.ts';
import { markProcess, readProcess } from '../../src/machine/process-mark.ts';
import { eventually } from '../support/eventually.ts';
import { DONE, expectGone, useLocalJobs } from '../support/local-jobs.ts';
import { collect, jobSpec, untilEnd } from '../support/platform-specs.ts';

const jobs = useLocalJobs();

/** Children, a session of its own, one that also has another environment, and one that ignores SIGTERM. */
const FAMILY = `
  trap '' TERM
  echo "pid $$"
  bash -c 'echo "pid $$"; while :; do sleep 0.2; done' &
  setsid bash -c 'echo "pid $$"; while :; do sleep 0.2; done' &
  env -i "$(command -v setsid)" /bin/bash -c 'echo "pid $$"; while :; do /bin/sleep 0.2; done' &
  setsid bash -c '(echo "pid $BASHPID"; while :; do sleep 0.2; done) & disown' &
  while :; do sleep 0.2; done`;

test('cancelling ends the whole family, whatever sessions they made and signals they ignore', async () => {
  const spec = jobSpec(FAMILY);
  await jobs.platform.ensureJob(spec);
  const pids = await jobs.pidsOf(spec, 5);
  await jobs.platform.cancelJob(spec);
  await expectGone(pids);
  expect((await jobs.platform.readJob(spec)).state).toBe('CANCELLED');
});

/** Kills the supervisor of a job and waits until the platform has seen that. */
async function killSupervisor(spec: JobSpec): Promise<JobStatus> {
  process.kill(await jobs.readSupervisor(spec), 'SIGKILL');
  return eventually(
    () => jobs.platform.readJob(spec),
    ({ state }) => state !== 'RUNNING' && state !== 'PENDING',
  );
}

test('a job whose supervisor was killed goes on with a new attempt, which is no failed one, and nothing runs on', async () => {
  const spec = jobSpec(
    `${FAMILY.replace('trap', '[[ $TOYGRES_ATTEMPT == 1 ]] || { echo again; DONE; exit; }; trap').replace('DONE', DONE)}`,
    {
      secrets: { password: 'hunter22' },
    },
  );
  await jobs.platform.ensureJob(spec);
  const pids = await jobs.pidsOf(spec, 5);
  const follower = collect(jobs.platform.followJobLogs(spec, untilEnd()));
  expect(await killSupervisor(spec)).toMatchObject({ state: 'INTERRUPTED', attempts: 1, result: null, failure: null });
  await expectGone(pids);
  await expect(stat(path.join(jobs.runDirectory(spec), '../secrets'))).rejects.toMatchObject({ code: 'ENOENT' });
  await jobs.platform.ensureJob(spec);
  expect(await jobs.untilOver(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 2 });
  expect((await follower).at(-1)).toMatchObject({ attempt: 2, text: 'again' });
});

test('a job whose supervisor is killed again and again has FAILED, with the cause', async () => {
  const spec = jobSpec('while :; do sleep 0.1; done');
  for (const state of ['INTERRUPTED', 'INTERRUPTED', 'INTERRUPTED', 'FAILED']) {
    await jobs.platform.ensureJob(spec);
    const status = await killSupervisor(spec);
    expect(status.state).toBe(state);
    if (state === 'FAILED') expect(status.failure).toContain('killed from outside');
  }
  await jobs.platform.ensureJob(spec);
  expect((await jobs.platform.readJob(spec)).state).toBe('FAILED');
});

test('what failed before a supervisor was killed still counts', async () => {
  const spec = jobSpec('[[ $TOYGRES_ATTEMPT != 2 ]] || while :; do sleep 0.1; done; exit 3', { attempts: 2 });
  await jobs.platform.ensureJob(spec);
  await eventually(
    () => jobs.platform.readJob(spec),
    ({ attempts }) => attempts === 2,
  );
  expect((await killSupervisor(spec)).state).toBe('INTERRUPTED');
  await jobs.platform.ensureJob(spec);
  expect(await jobs.untilOver(spec)).toMatchObject({ state: 'FAILED', attempts: 3, exitCode: 3 });
});

test('what a script leaves running when it ends is ended too', async () => {
  const spec = jobSpec(`bash -c 'echo "pid $$"; while :; do sleep 0.2; done' & sleep 0.2; ${DONE}`);
  await jobs.platform.ensureJob(spec);
  expect((await jobs.untilOver(spec)).state).toBe('SUCCEEDED');
  await expectGone(await jobs.pidsOf(spec, 1));
  // The supervisor itself had nothing to complain about.
  expect(await readFile(path.join(jobs.runDirectory(spec), '..', 'supervisor.log'), 'utf8')).toBe('');
});

test('a job is interrupted by an orderly shutdown and goes on afterwards, which is no failed attempt', async () => {
  const spec = jobSpec(
    `echo "try $TOYGRES_ATTEMPT $(<"$TOYGRES_SECRETS_DIR/sas")"; [[ $TOYGRES_ATTEMPT == 2 ]] || while :; do sleep 0.1; done; ${DONE}`,
    { secrets: { sas: 'one' } },
  );
  await jobs.platform.ensureJob(spec);
  await eventually(
    () => jobs.textsOf(spec),
    (texts) => texts.length === 1,
  );
  const follower = collect(jobs.platform.followJobLogs(spec, untilEnd()));
  await jobs.platform.suspend();
  expect(await jobs.platform.readJob(spec)).toMatchObject({ state: 'INTERRUPTED', failure: null });
  await jobs.platform.ensureJob({ ...spec, secrets: { sas: 'two' } });
  expect(await jobs.untilOver(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 2 });
  expect((await follower).map((line) => line.text)).toEqual(['try 1 one', 'try 2 two']);
});

test('a process that has the pid of an earlier supervisor is neither taken for it nor harmed', async () => {
  const spec = jobSpec('while :; do sleep 0.1; done');
  await jobs.platform.ensureJob(spec);
  const supervisor = await jobs.readSupervisor(spec);
  process.kill(supervisor, 'SIGKILL');
  await eventually(
    () => readProcess(supervisor),
    (facts) => facts === null,
  );
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
  const mark = await markProcess(bystander.pid ?? 0);
  await writeFile(path.join(jobs.runDirectory(spec), 'supervisor'), `${bystander.pid} 1 ${mark?.bootId}\n`);
  await jobs.platform.cancelJob(spec);
  expect((await jobs.platform.readJob(spec)).state).toBe('CANCELLED');
  expect(await readProcess(bystander.pid ?? 0)).not.toBeNull();
  bystander.kill('SIGKILL');
});

test('a job that ran when the machine went down is INTERRUPTED', async () => {
  const spec = jobSpec('while :; do sleep 0.1; done');
  await jobs.platform.ensureJob(spec);
  const supervisor = await jobs.readSupervisor(spec);
  process.kill(supervisor, 'SIGKILL');
  await writeFile(path.join(jobs.runDirectory(spec), 'supervisor'), `${supervisor} 1 an-earlier-boot\n`);
  expect((await jobs.platform.readJob(spec)).state).toBe('INTERRUPTED');
});

test('a job that is cancelled while a supervisor takes it up again after an interruption stays cancelled', async () => {
  const spec = jobSpec('while :; do sleep 0.1; done');
  await jobs.platform.ensureJob(spec);
  await jobs.platform.suspend();
  // As far as one comes before it removes the end that the interruption wrote.
  const supervisor = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  const mark = await markProcess(supervisor.pid ?? 0);
  const note = `${supervisor.pid} ${mark?.startTicks} ${mark?.bootId}\n`;
  await writeFile(path.join(jobs.runDirectory(spec), 'supervisor'), note);
  await jobs.platform.cancelJob(spec);
  expect((await jobs.platform.readJob(spec)).state).toBe('CANCELLED');
  await eventually(
    () => readProcess(supervisor.pid ?? 0),
    (facts) => facts === null,
  );
});
