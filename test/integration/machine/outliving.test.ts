import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
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
