import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { JobSpec } from '../../jobs/ports/platform/jobs.ts';
import { eventually } from '../support/eventually.ts';
import { DONE, useLocalJobs } from '../support/local-jobs.ts';
import { createLocalHome } from '../support/local-platform.ts';
import { jobSpec, untilEnd } from '../support/platform-specs.ts';

const run = promisify(execFile);
const jobs = useLocalJobs();

test('secrets are files for the job alone and are gone when it has ended, with its scratch space', async () => {
  const spec = jobSpec('echo "$TOYGRES_SCRATCH_DIR"; echo x >"$TOYGRES_SCRATCH_DIR/x"; while :; do sleep 0.1; done', {
    secrets: { password: 'hunter22' },
  });
  await jobs.platform.ensureJob(spec);
  const [scratch = ''] = await eventually(
    () => jobs.textsOf(spec),
    (texts) => texts.length === 1,
  );
  const secrets = path.join(jobs.runDirectory(spec), '../secrets');
  expect((await stat(secrets)).mode & 0o777).toBe(0o700);
  expect((await stat(path.join(secrets, 'password'))).mode & 0o777).toBe(0o600);
  const pid = await jobs.readSupervisor(spec);
  for (const source of ['environ', 'cmdline']) {
    expect(await readFile(`/proc/${pid}/${source}`, 'utf8')).not.toContain('hunter22');
  }
  expect(await readFile(path.join(jobs.runDirectory(spec), '..', 'job.json'), 'utf8')).not.toContain('hunter22');
  await jobs.platform.cancelJob(spec);
  // Emptied by the supervisor, or removed with them where it was too slow to end in order.
  for (const directory of [secrets, path.dirname(scratch)]) {
    expect(existsSync(directory) ? await readdir(directory) : []).toEqual([]);
  }
  await jobs.platform.removeJob(spec);
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
    await expect(jobs.platform.ensureJob(spec)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  }
  const known = new Set((await jobs.platform.listObjects()).map((object) => object.name));
  expect(bad.filter((spec) => known.has(spec.name))).toEqual([]);
});

test('a job that fills the disk says so, and leaves the room free again', async ({ skip }) => {
  const small = await createLocalHome();
  await mkdir(small.stateDirectory);
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', small.stateDirectory]).catch(
    () => null,
  );
  const tiny = mounted && (await small.open());
  try {
    if (tiny === null) return skip('mounting a small disk needs root');
    const readRoom = async () => {
      const { bavail, bsize } = await statfs(small.stateDirectory);
      return bavail * bsize;
    };
    // What jobs run with is put there by the first one, and stays for the next.
    const first = jobSpec(`echo '::toygres:: result {}'`);
    await tiny.ensureJob(first);
    await eventually(
      () => tiny.readJob(first),
      ({ state }) => state === 'SUCCEEDED',
    );
    await tiny.removeJob(first);
    const before = await readRoom();
    expect(before).toBeGreaterThan(3_000_000);
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
    expect(await readRoom()).toBeGreaterThan(before - 100_000);
  } finally {
    await tiny?.stop();
    // A supervisor that has told the end of its job is on its way out, and runs from there.
    const unmount = () =>
      run('umount', [small.stateDirectory]).then(
        () => true,
        () => false,
      );
    if (mounted !== null) await eventually(unmount, Boolean);
    await small.stop();
  }
});

test('a thousand followers that come and go leave no file and no timer open', async () => {
  const spec = jobSpec('echo begun; while :; do sleep 0.1; done');
  await jobs.platform.ensureJob(spec);
  const follow = async () => {
    const leaving = new AbortController();
    for await (const line of jobs.platform.followJobLogs(spec, untilEnd(0, leaving.signal))) {
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
  await jobs.platform.cancelJob(spec);
});

test.runIf(process.getuid?.() === 0)(
  'the users of a job start from what was compiled for us, which none of them can write',
  async () => {
    const spec = jobSpec(DONE);
    await jobs.platform.ensureJob(spec);
    expect(await jobs.untilOver(spec)).toMatchObject({ state: 'SUCCEEDED' });
    const scripts = path.join(jobs.home.stateDirectory, 'scripts');
    const [placed = ''] = await readdir(scripts);
    const compiled = path.join(scripts, placed, 'runner', 'compiled');
    const entries = await readdir(compiled, { withFileTypes: true });
    const real = entries.filter((entry) => entry.isDirectory());
    expect(real.length).toBeGreaterThan(0);
    // One for each user that a job is run as.
    expect(entries.filter((entry) => entry.isSymbolicLink()).length).toBeGreaterThanOrEqual(2 * real.length);
    for (const name of await readdir(compiled, { recursive: true })) {
      const { mode, uid } = await stat(path.join(compiled, name));
      expect([uid, mode & 0o022]).toEqual([0, 0]);
    }
  },
);
