import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readProcess } from '../../../src/machine/process-mark.ts';
import { eventually } from '../../support/eventually.ts';
import { endWhatKilledRunsLeft, noteRun } from '../../support/killed-runs.ts';
import { watchDescendants } from '../../support/outliving.ts';

/** A child that runs a script of sh and ends with its standard input. */
function startShell(script: string) {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = once(child.stdout, 'data').then(([said]) => Number(String(said)));
  return { child, pid, exited: once(child, 'exit') };
}

it('names a process whose parent has gone, in a session of its own, and nothing of others', async () => {
  const watched = watchDescendants(process.pid, 100);
  const marker = `3600.${process.pid}`;
  const { pid, exited } = startShell(`setsid sleep ${marker} >/dev/null 2>&1 & echo $!; sleep 1`);
  const orphan = await pid;
  await exited;
  try {
    const found = await watched.findOutliving(500);
    expect(found.filter((each) => each.includes(marker))).toEqual([`${orphan} sleep ${marker}`]);
    expect(found.some((each) => each.startsWith(`${process.ppid} `))).toBe(false);
  } finally {
    process.kill(orphan, 'SIGKILL');
  }
});

it('waits for what is ending', async () => {
  const watched = watchDescendants(process.pid, 100);
  const marker = `1.${process.pid}`;
  const { exited } = startShell(`sleep ${marker} & echo $!; sleep 0.7`);
  await exited;
  const found = await watched.findOutliving(5000);
  expect(found.filter((each) => each.includes(marker))).toEqual([]);
});

it('ends what a killed run has left, with what that has started, and nothing of a run that lives', async () => {
  const notes = await mkdtemp('/tmp/toygres-notes-');
  const marker = `3600.${process.pid}1`;
  try {
    const living = await noteRun(notes);
    const watched = watchDescendants(process.pid, 100, (seen) => living.note(seen));
    const { pid, exited } = startShell(`setsid sh -c 'sleep ${marker}; true' >/dev/null 2>&1 & echo $!; sleep 1`);
    const left = await pid;
    await exited;
    await eventually(
      async () =>
        readFile(path.join(notes, (await readdir(notes)).find((name) => name.endsWith('.json')) ?? ''), 'utf8').catch(
          () => '',
        ),
      (text) => text.includes(`"pid":${left}`),
    );
    expect(await endWhatKilledRunsLeft(notes)).toEqual([]);
    await watched.findOutliving(0);

    // The same note, of a run that is no more.
    const name = (await readdir(notes)).find((each) => each.endsWith('.json')) ?? '';
    const note = JSON.parse(await readFile(path.join(notes, name), 'utf8'));
    note.run.startTicks = '1';
    note.processes = note.processes.filter((mark: { pid: number }) => mark.pid === left);
    note.directories = [path.join(notes, 'of-the-run')];
    await mkdir(path.join(notes, 'of-the-run'));
    await writeFile(path.join(notes, name), JSON.stringify(note));
    const ended = await endWhatKilledRunsLeft(notes);
    expect(ended.map((line) => line.replace(/^\d+ /, ''))).toEqual([`sh -c sleep ${marker}; true`, `sleep ${marker}`]);
    await eventually(
      () => readProcess(left),
      (facts) => facts === null,
    );
    expect(await readdir(notes)).toEqual([]);
  } finally {
    await rm(notes, { recursive: true, force: true });
  }
});
