import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { markProcess, readProcess } from '../../src/machine/process-mark.ts';
import { until } from '../../src/machine/until.ts';
import { layoutOf } from '../../src/platform/local/layout.ts';
import { killHard, spawnControlProcess, startControlProcess } from '../support/control-process.ts';
import { eventually } from '../support/eventually.ts';
import { DONE, expectGone, useLocalJobs } from '../support/local-jobs.ts';
import { collect, jobSpec, untilEnd } from '../support/platform-specs.ts';
import { readProcessTree } from '../support/process-tree.ts';

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
  const begun = performance.now();
  await jobs.platform.cancelJob(spec);
  // Two seconds at most on an idle machine; tests run on busy ones.
  expect(performance.now() - begun).toBeLessThan(20_000);
  await expectGone(pids);
  expect((await jobs.platform.readJob(spec)).state).toBe('CANCELLED');
});

test('a job whose supervisor was killed has FAILED, with the cause, and nothing of it runs on', async () => {
  const spec = jobSpec(FAMILY, { secrets: { password: 'hunter22' } });
  await jobs.platform.ensureJob(spec);
  const pids = await jobs.pidsOf(spec, 5);
  process.kill(await jobs.readSupervisor(spec), 'SIGKILL');
  const status = await jobs.untilOver(spec);
  expect(status).toMatchObject({ state: 'FAILED', attempts: 1, result: null });
  expect(status.failure).toContain('killed from outside');
  await expectGone(pids);
  await expect(stat(path.join(jobs.runDirectory(spec), '../secrets'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('what a script leaves running when it ends is ended too', async () => {
  const spec = jobSpec(`bash -c 'echo "pid $$"; while :; do sleep 0.2; done' & sleep 0.2; ${DONE}`);
  await jobs.platform.ensureJob(spec);
  expect((await jobs.untilOver(spec)).state).toBe('SUCCEEDED');
  await expectGone(await jobs.pidsOf(spec, 1));
  // The supervisor itself had nothing to complain about.
  expect(await readFile(path.join(jobs.runDirectory(spec), '..', 'supervisor.log'), 'utf8')).toBe('');
});

test('a job outlives the control plane that started it, and the next one knows how it ended', async () => {
  const gate = path.join(jobs.home.directory, 'gate');
  const spec = jobSpec(`echo before; until [[ -e ${gate} ]]; do sleep 0.05; done; echo after; ${DONE}`);
  const orders = { directory: jobs.home.directory, servers: [], jobs: [spec], password: 'unused' };
  await killHard(await startControlProcess(orders));
  await eventually(
    () => jobs.platform.readJob(spec),
    ({ state }) => state === 'RUNNING',
  );
  await jobs.platform.ensureJob(spec);
  await writeFile(gate, '');
  const lines = await collect(jobs.platform.followJobLogs(spec, untilEnd()));
  expect(lines.map((line) => line.text)).toEqual(['before', 'after']);
  expect(await jobs.platform.readJob(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 1 });
});

test('two processes at once start a job once', async () => {
  const spec = jobSpec(`echo ran; ${DONE}`);
  const orders = { directory: jobs.home.directory, servers: [], jobs: [spec], password: 'unused' };
  const controls = await Promise.all([startControlProcess(orders), startControlProcess(orders)]);
  await Promise.all(controls.map(killHard));
  expect(await jobs.untilOver(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 1 });
  expect(await jobs.textsOf(spec)).toEqual(['ran']);
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

test('a job whose starter died before its supervisor was known is ABSENT, is removed whole, and comes back by nothing', async () => {
  const narrow = await jobs.home.open(1);
  const before = jobSpec('while :; do sleep 0.1; done');
  const spec = jobSpec(`touch ran; ${DONE}`, { secrets: { password: 'hunter22' } });
  await narrow.ensureJob(before);
  await eventually(
    () => narrow.readJob(before),
    ({ state }) => state === 'RUNNING',
  );
  await narrow.ensureJob(spec);
  const supervisor = await jobs.readSupervisor(spec);
  await rm(path.join(jobs.runDirectory(spec), 'supervisor'));
  expect((await narrow.readJob(spec)).state).toBe('ABSENT');
  await narrow.removeJob(spec);
  // Now it is its turn.
  await narrow.cancelJob(before);
  await eventually(
    () => readProcess(supervisor),
    (facts) => facts === null,
  );
  await expect(stat(path.dirname(jobs.runDirectory(spec)))).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await narrow.listObjects()).filter(({ ownerId }) => ownerId === spec.id)).toEqual([]);
  await narrow.stop();
});

/** The supervisor of a job, and what it started. */
const processesOf = async (scratch: string) =>
  (await readProcessTree(1)).filter((one) => `${one.command} ${one.environment}`.includes(scratch));

test('a job whose starter is killed at any moment of the start is removed whole and runs no more', async () => {
  for (let round = 0; round < 10; round += 1) {
    const spec = jobSpec('while :; do sleep 0.1; done', { secrets: { password: 'hunter22' } });
    const orders = { directory: jobs.home.directory, servers: [], jobs: [spec], password: 'unused' };
    const starter = await spawnControlProcess(orders);
    const directory = path.dirname(jobs.runDirectory(spec));
    const scratch = layoutOf(jobs.home.stateDirectory).job(spec).scratch;
    expect(await until(() => existsSync(path.join(directory, 'job.json')), { timeoutMs: 20_000, intervalMs: 1 })).toBe(
      true,
    );
    // From there it takes some ten milliseconds to a supervisor, and some more until that is known.
    if (round % 2 === 0) await delay(round * 3);
    else
      await eventually(
        () => processesOf(scratch),
        (found) => found.length > 0,
      );
    await killHard(starter);
    await jobs.platform.removeJob(spec);
    expect(existsSync(directory)).toBe(false);
    await eventually(
      () => processesOf(scratch),
      (left) => left.length === 0,
    );
    expect([existsSync(directory), existsSync(scratch)]).toEqual([false, false]);
  }
});

test.each(['is new', 'was interrupted'])(
  'a job that %s is cancelled before its supervisor is known, and never runs',
  async (before) => {
    const open = path.join(jobs.home.directory, randomUUID());
    await mkdir(open);
    await chmod(open, 0o777);
    const ran = path.join(open, 'ran');
    const spec = jobSpec(`echo x >>'${ran}'; while :; do sleep 0.1; done`, { secrets: { password: 'hunter22' } });
    const run = jobs.runDirectory(spec);
    if (before === 'was interrupted') {
      await jobs.platform.ensureJob(spec);
      await eventually(() => existsSync(ran), Boolean);
      await jobs.platform.suspend();
    }
    const seen = existsSync(ran) ? await readFile(ran, 'utf8') : null;
    const { scratch } = layoutOf(jobs.home.stateDirectory).job(spec);
    await mkdir(run, { recursive: true });
    // A supervisor waits for it before it notes itself.
    const holder = spawn('flock', ['--no-fork', path.join(run, 'lock'), 'bash', '-c', 'echo held; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    await chmod(path.join(run, 'lock'), 0o666);
    const orders = { directory: jobs.home.directory, servers: [], jobs: [spec], password: 'unused' };
    const starter = await spawnControlProcess(orders);
    await eventually(
      () => processesOf(scratch),
      (found) => found.length > 0,
    );
    await killHard(starter);
    await jobs.platform.cancelJob(spec);
    await killHard(holder);
    await eventually(
      () => processesOf(scratch),
      (left) => left.length === 0,
    );

    expect((await jobs.platform.readJob(spec)).state).toBe('CANCELLED');
    expect(existsSync(ran) ? await readFile(ran, 'utf8') : null).toBe(seen);
    expect([existsSync(path.join(run, '../secrets')), existsSync(scratch)]).toEqual([false, false]);
    await jobs.platform.removeJob(spec);
  },
);

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
  expect((await jobs.platform.readJob(spec)).state).toBe('FAILED');
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
