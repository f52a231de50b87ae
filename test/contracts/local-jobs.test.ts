import { execFile, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobSpec } from '../../jobs/ports/platform.ts';
import { markProcess, readProcess } from '../../src/machine/process-mark.ts';
import type { LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { killHard, startControlProcess } from '../support/control-process.ts';
import { eventually } from '../support/eventually.ts';
import { createLocalHome, type LocalHome } from '../support/local-platform.ts';
import { collect, jobSpec, untilEnd, untilNow } from '../support/platform-specs.ts';

const run = promisify(execFile);
const DONE = `echo '::toygres:: result {"done":true}'`;

describe('jobs of the local platform', () => {
  let home: LocalHome;
  let platform: LocalPlatform;

  beforeAll(async () => {
    home = await createLocalHome();
    platform = await home.open();
  });
  afterAll(async () => {
    await platform.stop();
    await home.stop();
  });

  const runDirectory = (spec: JobSpec) => path.join(home.stateDirectory, 'jobs', spec.id, 'run');
  const readSupervisor = async (spec: JobSpec) =>
    Number((await readFile(path.join(runDirectory(spec), 'supervisor'), 'utf8')).split(' ')[0]);
  const textsOf = async (spec: JobSpec) =>
    (await collect(platform.followJobLogs(spec, untilNow()))).map((line) => line.text);
  const untilOver = (spec: JobSpec) =>
    eventually(
      () => platform.readJob(spec),
      (status) => ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(status.state),
    );
  /** The pids that a script printed as `pid <n>`, when it has printed that many. */
  const pidsOf = async (spec: JobSpec, count: number) => {
    const texts = await eventually(
      () => textsOf(spec),
      (lines) => lines.filter((line) => line.startsWith('pid ')).length >= count,
    );
    return texts.filter((line) => line.startsWith('pid ')).map((line) => Number(line.slice(4)));
  };
  const expectGone = async (pids: readonly number[]) => {
    expect(await Promise.all(pids.map((pid) => readProcess(pid)))).toEqual(pids.map(() => null));
  };

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
    await platform.ensureJob(spec);
    const pids = await pidsOf(spec, 5);
    const begun = performance.now();
    await platform.cancelJob(spec);
    // Two seconds at most on an idle machine; tests run on busy ones.
    expect(performance.now() - begun).toBeLessThan(20_000);
    await expectGone(pids);
    expect((await platform.readJob(spec)).state).toBe('CANCELLED');
  });

  test('a job whose supervisor was killed has FAILED, with the cause, and nothing of it runs on', async () => {
    const spec = jobSpec(FAMILY, { secrets: { password: 'hunter22' } });
    await platform.ensureJob(spec);
    const pids = await pidsOf(spec, 5);
    process.kill(await readSupervisor(spec), 'SIGKILL');
    const status = await untilOver(spec);
    expect(status).toMatchObject({ state: 'FAILED', attempts: 1, result: null });
    expect(status.failure).toContain('killed from outside');
    await expectGone(pids);
    await expect(stat(path.join(runDirectory(spec), '../secrets'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('what a script leaves running when it ends is ended too', async () => {
    const spec = jobSpec(`bash -c 'echo "pid $$"; while :; do sleep 0.2; done' & sleep 0.2; ${DONE}`);
    await platform.ensureJob(spec);
    expect((await untilOver(spec)).state).toBe('SUCCEEDED');
    await expectGone(await pidsOf(spec, 1));
    // The supervisor itself had nothing to complain about.
    expect(await readFile(path.join(runDirectory(spec), '..', 'supervisor.log'), 'utf8')).toBe('');
  });

  test('a job outlives the control plane that started it, and the next one knows how it ended', async () => {
    const gate = path.join(home.directory, 'gate');
    const spec = jobSpec(`echo before; until [[ -e ${gate} ]]; do sleep 0.05; done; echo after; ${DONE}`);
    const orders = { directory: home.directory, servers: [], jobs: [spec], password: 'unused' };
    await killHard(await startControlProcess(orders));
    await eventually(
      () => platform.readJob(spec),
      ({ state }) => state === 'RUNNING',
    );
    await platform.ensureJob(spec);
    await writeFile(gate, '');
    const lines = await collect(platform.followJobLogs(spec, untilEnd()));
    expect(lines.map((line) => line.text)).toEqual(['before', 'after']);
    expect(await platform.readJob(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 1 });
  });

  test('two processes at once start a job once', async () => {
    const spec = jobSpec(`echo ran; ${DONE}`);
    const orders = { directory: home.directory, servers: [], jobs: [spec], password: 'unused' };
    const controls = await Promise.all([startControlProcess(orders), startControlProcess(orders)]);
    await Promise.all(controls.map(killHard));
    expect(await untilOver(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 1 });
    expect(await textsOf(spec)).toEqual(['ran']);
  });

  test('a job is interrupted by an orderly shutdown and goes on afterwards, which is no failed attempt', async () => {
    const spec = jobSpec(
      `echo "try $TOYGRES_ATTEMPT $(<"$TOYGRES_SECRETS_DIR/sas")"; [[ $TOYGRES_ATTEMPT == 2 ]] || while :; do sleep 0.1; done; ${DONE}`,
      { secrets: { sas: 'one' } },
    );
    await platform.ensureJob(spec);
    await eventually(
      () => textsOf(spec),
      (texts) => texts.length === 1,
    );
    const follower = collect(platform.followJobLogs(spec, untilEnd()));
    await platform.suspend();
    expect(await platform.readJob(spec)).toMatchObject({ state: 'INTERRUPTED', failure: null });
    await platform.ensureJob({ ...spec, secrets: { sas: 'two' } });
    expect(await untilOver(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 2 });
    expect((await follower).map((line) => line.text)).toEqual(['try 1 one', 'try 2 two']);
  });

  test('a job whose starter died before its supervisor was known is ABSENT, is removed whole, and comes back by nothing', async () => {
    const narrow = await home.open(1);
    const before = jobSpec('while :; do sleep 0.1; done');
    const spec = jobSpec(`touch ran; ${DONE}`, { secrets: { password: 'hunter22' } });
    await narrow.ensureJob(before);
    await eventually(
      () => narrow.readJob(before),
      ({ state }) => state === 'RUNNING',
    );
    await narrow.ensureJob(spec);
    const supervisor = await readSupervisor(spec);
    await rm(path.join(runDirectory(spec), 'supervisor'));
    expect((await narrow.readJob(spec)).state).toBe('ABSENT');
    await narrow.removeJob(spec);
    // Now it is its turn.
    await narrow.cancelJob(before);
    await eventually(
      () => readProcess(supervisor),
      (facts) => facts === null,
    );
    await expect(stat(path.dirname(runDirectory(spec)))).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await narrow.listObjects()).filter(({ ownerId }) => ownerId === spec.id)).toEqual([]);
    await narrow.stop();
  });

  test('a process that has the pid of an earlier supervisor is neither taken for it nor harmed', async () => {
    const spec = jobSpec('while :; do sleep 0.1; done');
    await platform.ensureJob(spec);
    const supervisor = await readSupervisor(spec);
    process.kill(supervisor, 'SIGKILL');
    await eventually(
      () => readProcess(supervisor),
      (facts) => facts === null,
    );
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
    const mark = await markProcess(bystander.pid ?? 0);
    await writeFile(path.join(runDirectory(spec), 'supervisor'), `${bystander.pid} 1 ${mark?.bootId}\n`);
    await platform.cancelJob(spec);
    expect((await platform.readJob(spec)).state).toBe('FAILED');
    expect(await readProcess(bystander.pid ?? 0)).not.toBeNull();
    bystander.kill('SIGKILL');
  });

  test('a job that ran when the machine went down is INTERRUPTED', async () => {
    const spec = jobSpec('while :; do sleep 0.1; done');
    await platform.ensureJob(spec);
    const supervisor = await readSupervisor(spec);
    process.kill(supervisor, 'SIGKILL');
    await writeFile(path.join(runDirectory(spec), 'supervisor'), `${supervisor} 1 an-earlier-boot\n`);
    expect((await platform.readJob(spec)).state).toBe('INTERRUPTED');
  });

  test('secrets are files for the job alone and are gone when it has ended, with its scratch space', async () => {
    const spec = jobSpec('echo "$TOYGRES_SCRATCH_DIR"; echo x >"$TOYGRES_SCRATCH_DIR/x"; while :; do sleep 0.1; done', {
      secrets: { password: 'hunter22' },
    });
    await platform.ensureJob(spec);
    const [scratch = ''] = await eventually(
      () => textsOf(spec),
      (texts) => texts.length === 1,
    );
    const secrets = path.join(runDirectory(spec), '../secrets');
    expect((await stat(secrets)).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(secrets, 'password'))).mode & 0o777).toBe(0o600);
    const pid = await readSupervisor(spec);
    for (const source of ['environ', 'cmdline']) {
      expect(await readFile(`/proc/${pid}/${source}`, 'utf8')).not.toContain('hunter22');
    }
    expect(await readFile(path.join(runDirectory(spec), '..', 'job.json'), 'utf8')).not.toContain('hunter22');
    await platform.cancelJob(spec);
    // The directory goes with them where the supervisor was too slow to do so in order.
    expect(await readdir(secrets).catch(() => [])).toEqual([]);
    expect(await readdir(path.dirname(scratch))).toEqual([]);
    await platform.removeJob(spec);
    await expect(stat(path.dirname(scratch))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('what is no name, no parameter and no file name is refused before anything is made', async () => {
    const bad: readonly JobSpec[] = [
      jobSpec(DONE, { id: '../../etc' }),
      jobSpec(DONE, { id: 'A'.repeat(36) }),
      jobSpec(DONE, { secrets: { '../password': 'x' } }),
      jobSpec(DONE, { secrets: { '..': 'x' } }),
      jobSpec(DONE, { parameters: { BASH_ENV: '/tmp/x' } }),
      jobSpec(DONE, { parameters: { LD_PRELOAD: '/tmp/x' } }),
      jobSpec(DONE, { parameters: { PATH: '/tmp' } }),
      jobSpec(DONE, { parameters: { 'A B': 'x' } }),
      jobSpec(DONE, { parameters: { A: 'x\0y' } }),
      jobSpec(DONE, { kind: 'verify' }),
      jobSpec(DONE, { attempts: 0 }),
      jobSpec(DONE, { volume: { namespace: '..', resourceName: 'x' } }),
    ];
    for (const spec of bad) {
      await expect(platform.ensureJob(spec)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
    const known = new Set((await platform.listObjects()).map((object) => object.name));
    expect(bad.filter((spec) => known.has(spec.name))).toEqual([]);
  });

  test('a job that fills the disk says so, and leaves the room free again', async ({ skip }) => {
    const small = await createLocalHome();
    await mkdir(small.stateDirectory);
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small.stateDirectory]).catch(
      () => null,
    );
    const tiny = mounted && (await small.open());
    try {
      if (tiny === null) return skip('mounting a small disk needs root');
      const spec = jobSpec(`
        cat /dev/zero >"$TOYGRES_SCRATCH_DIR/dump" || {
          for i in {1..100}; do echo "a line of the log that finds no room $i"; done
          echo '::toygres:: error the disk is full: the dump needs more room'
          exit 78
        }`);
      await tiny.ensureJob(spec);
      const status = await eventually(
        () => tiny.readJob(spec),
        ({ state }) => state === 'FAILED',
      );
      expect(status).toMatchObject({ failure: 'the disk is full: the dump needs more room', exitCode: 78 });
      await tiny.removeJob(spec);
      const { bavail, bsize } = await statfs(small.stateDirectory);
      expect(bavail * bsize).toBeGreaterThan(3_000_000);
    } finally {
      await tiny?.stop();
      if (mounted !== null) await run('umount', [small.stateDirectory]);
      await small.stop();
    }
  });

  test('a thousand followers that come and go leave no file and no timer open', async () => {
    const spec = jobSpec('echo begun; while :; do sleep 0.1; done');
    await platform.ensureJob(spec);
    const follow = async () => {
      const leaving = new AbortController();
      for await (const line of platform.followJobLogs(spec, untilEnd(0, leaving.signal))) {
        expect(line.text).toBe('begun');
        leaving.abort();
      }
    };
    await follow();
    const open = async () => (await readdir('/proc/self/fd')).length;
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = { files: await open(), timers: timers() };
    for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 50 }, follow));
    expect(await open()).toBeLessThanOrEqual(before.files);
    expect(timers()).toBeLessThanOrEqual(before.timers + 1);
    await platform.cancelJob(spec);
  });
});
