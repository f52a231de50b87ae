import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { JobSpec } from '../../jobs/ports/platform/jobs.ts';
import { readProcess } from '../../src/machine/process-mark.ts';
import { layoutOf } from '../../src/platform/local/layout.ts';
import { until } from '../../src/waiting/until.ts';
import { killHard, spawnControlProcess, startControlProcess } from '../support/control-process.ts';
import { eventually } from '../support/eventually.ts';
import { DONE, useLocalJobs } from '../support/local-jobs.ts';
import { collect, jobSpec, untilEnd } from '../support/platform-specs.ts';
import { readProcessTree } from '../support/process-tree.ts';

const jobs = useLocalJobs();

const ordersOf = (spec: JobSpec) => ({ directory: jobs.home.directory, servers: [], jobs: [spec], password: 'unused' });

test('a job outlives the control plane that started it, and the next one knows how it ended', async () => {
  const gate = path.join(jobs.home.directory, 'gate');
  const spec = jobSpec(`echo before; until [[ -e ${gate} ]]; do sleep 0.05; done; echo after; ${DONE}`);
  await killHard(await startControlProcess(ordersOf(spec)));
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
  const controls = await Promise.all([startControlProcess(ordersOf(spec)), startControlProcess(ordersOf(spec))]);
  await Promise.all(controls.map(killHard));
  expect(await jobs.untilOver(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 1 });
  expect(await jobs.textsOf(spec)).toEqual(['ran']);
});

/** The supervisors of a job, and what they started. */
async function processesOf(spec: JobSpec) {
  const { scratch } = layoutOf(jobs.home.stateDirectory).job(spec);
  return (await readProcessTree(1)).filter((one) => `${one.command} ${one.environment}`.includes(scratch));
}

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

test('a job whose starter is killed at any moment of the start is removed whole and runs no more', async () => {
  for (let round = 0; round < 10; round += 1) {
    const spec = jobSpec('while :; do sleep 0.1; done', { secrets: { password: 'hunter22' } });
    const starter = await spawnControlProcess(ordersOf(spec));
    const directory = path.dirname(jobs.runDirectory(spec));
    const scratch = layoutOf(jobs.home.stateDirectory).job(spec).scratch;
    expect(await until(() => existsSync(path.join(directory, 'job.json')), { timeoutMs: 20_000, intervalMs: 1 })).toBe(
      true,
    );
    // From there it takes some ten milliseconds to a supervisor, and some more until that is known.
    if (round % 2 === 0) await delay(round * 3);
    else
      await eventually(
        () => processesOf(spec),
        (found) => found.length > 0,
      );
    await killHard(starter);
    await jobs.platform.removeJob(spec);
    expect(existsSync(directory)).toBe(false);
    await eventually(
      () => processesOf(spec),
      (left) => left.length === 0,
    );
    expect([existsSync(directory), existsSync(scratch)]).toEqual([false, false]);
  }
});

/** Keeps every supervisor of the job from noting itself, which takes this lock first and waits half a minute for it. */
async function holdBack(spec: JobSpec): Promise<{ release(): Promise<void> }> {
  const run = jobs.runDirectory(spec);
  await mkdir(run, { recursive: true });
  const lock = path.join(run, 'lock');
  const holder = spawn('flock', ['--no-fork', lock, 'bash', '-c', 'echo held; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  // Supervisors are another user's.
  await chmod(lock, 0o666);
  return { release: () => killHard(holder) };
}

/** A place that jobs write to, outside of their own. */
async function makeNotes(): Promise<{ readonly file: string; read(): Promise<string> }> {
  const directory = path.join(jobs.home.directory, randomUUID());
  await mkdir(directory);
  await chmod(directory, 0o777);
  const file = path.join(directory, 'notes');
  return { file, read: () => readFile(file, 'utf8').catch(() => '') };
}

const untilProcesses = (spec: JobSpec, count: number) =>
  eventually(
    () => processesOf(spec),
    (found) => (count === 0 ? found.length === 0 : found.length >= count),
  );

test.each(['is new', 'was interrupted'])(
  'a job that %s is cancelled before its supervisor is known, and never runs',
  async (before) => {
    const notes = await makeNotes();
    const spec = jobSpec(`echo x >>'${notes.file}'; while :; do sleep 0.1; done`, {
      secrets: { password: 'hunter22' },
    });
    if (before === 'was interrupted') {
      await jobs.platform.ensureJob(spec);
      await eventually(notes.read, (text) => text === 'x\n');
      await jobs.platform.suspend();
    }
    const noted = await notes.read();
    const back = await holdBack(spec);
    const starter = await spawnControlProcess(ordersOf(spec));
    await untilProcesses(spec, 1);
    await killHard(starter);
    await jobs.platform.cancelJob(spec);
    await back.release();
    await untilProcesses(spec, 0);

    expect((await jobs.platform.readJob(spec)).state).toBe('CANCELLED');
    expect(await notes.read()).toBe(noted);
    const { secrets, scratch } = layoutOf(jobs.home.stateDirectory).job(spec);
    expect([existsSync(secrets), existsSync(scratch)]).toEqual([false, false]);
    await jobs.platform.removeJob(spec);
  },
);

test('a job that is started anew while the supervisor of a start that was cut off is on its way runs once', async () => {
  const notes = await makeNotes();
  const spec = jobSpec(`echo x >>'${notes.file}'; sleep 0.3; ${DONE}`);
  const back = await holdBack(spec);
  const starter = await spawnControlProcess(ordersOf(spec));
  await untilProcesses(spec, 1);
  await killHard(starter);
  const again = jobs.platform.ensureJob(spec);
  await untilProcesses(spec, 2);
  await back.release();
  await again;
  await untilProcesses(spec, 0);
  expect(await jobs.platform.readJob(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 1 });
  expect(await notes.read()).toBe('x\n');
});
