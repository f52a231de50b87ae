import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { signalPid } from '../../../src/machine/process-mark.ts';
import { spawnOptionsFor } from '../../../src/postgres-programs/identity.ts';
import { hasTcpSocket, killProcess, readProcessTree, untilProcess } from '../../support/process-tree.ts';

import { expectFailure, harness, image, long, ownDirectory, source, useTakenImage } from './taken-image.ts';

useTakenImage({ withLong: true });

test('a killed restore is started over, and a finished one is done at once', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  const first = await harness.runner.start('restore.sh', harness.restoreRun(long, volume));
  await first.untilLine(/^shop: (restoring|creating)/);
  process.kill(-first.pid, 'SIGKILL');
  await first.ended;
  expect(await readdir(volume)).toContain('pgdata-restoring');

  const second = await harness.restore(long, { volume });
  expect(second.end).toMatchObject({ exitCode: 0, errors: [], results: [{ databases: 3 }] });
  expect((await readdir(volume)).sort()).toEqual(['pgdata', 'restored-from', 'restored-result.json']);
  expect(await readFile(path.join(volume, 'restored-from'), 'utf8')).toBe(`${long.id}\n`);

  const third = await harness.restore(long, { volume });
  expect(third.end.results).toEqual(second.end.results);
  expect(third.end.progress).toEqual([]);

  const other = await harness.restore({ ...long, id: randomUUID() }, { volume });
  expectFailure(other.end, 78, /restored from another image/);
  const copy = await harness.startRestored(volume);
  expect(await copy.query('shop', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 2_000_000 }]);
});

test('a server of a killed restore that still writes does not keep the next one from starting over', async ({
  onTestFinished,
}) => {
  const volume = await harness.runner.makeDirectory('volume');
  const writer = spawn(
    'bash',
    [
      '-c',
      `echo ${image.id} >restoring
       mkdir pgdata-restoring && cd pgdata-restoring || exit
       echo ready
       for one in {1..4}; do (while :; do : >"$one.$RANDOM"; done 2>/dev/null) & done
       wait`,
    ],
    { ...spawnOptionsFor(harness.runner.identity), cwd: volume, detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { pid = 0 } = writer;
  expect(pid).toBeGreaterThan(1);
  const stop = () => signalPid(-pid, 'SIGKILL');
  onTestFinished(stop);
  await once(writer.stdout, 'data');
  const run = await harness.runner.start('restore.sh', harness.restoreRun(image, volume));
  await run.untilLine(/^Removing what an unfinished restore left/);
  await delay(500);
  stop();
  expect(await run.ended).toMatchObject({ exitCode: 0, errors: [] });
  expect((await readdir(volume)).sort()).toEqual(['pgdata', 'restored-from', 'restored-result.json']);
});

test('a cluster that did not come from a restore is never touched', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  await ownDirectory(path.join(volume, 'pgdata', 'global'));
  await writeFile(path.join(volume, 'pgdata', 'PG_VERSION'), '15\n');
  await writeFile(path.join(volume, 'pgdata', 'global', 'pg_control'), 'x');
  const { end } = await harness.restore(image, { volume });
  expectFailure(end, 78, /not restored from this image; it is left as it is/);
  expect(await readFile(path.join(volume, 'pgdata', 'global', 'pg_control'), 'utf8')).toBe('x');
});

test('SIGTERM ends the throw-away server too', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  const run = await harness.runner.start('restore.sh', harness.restoreRun(long, volume));
  await run.untilLine(/^shop: (restoring|creating)/);
  const before = await readProcessTree(run.pid);
  expect(before.some((one) => one.command.startsWith('postgres -D '))).toBe(true);
  run.signal('SIGTERM');
  expectFailure(await run.ended, 143, /ended by signal TERM/);
  expect((await Promise.all(before.map((one) => readProcessTree(one.pid)))).flat()).toEqual([]);
});

test('the throw-away server listens on a private socket only', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  const run = await harness.runner.start('restore.sh', harness.restoreRun(long, volume));
  const server = await untilProcess(run.pid, /^postgres -D /);
  await run.untilLine(/^shop: /);
  expect(await hasTcpSocket(server.pid)).toBe(false);
  const directory = /unix_socket_directories=(\S+)/.exec(server.command)?.[1] ?? '';
  expect(execFileSync('stat', ['-c', '%a', directory], { encoding: 'utf8' })).toBe('700\n');
  expect(await run.ended).toMatchObject({ exitCode: 0 });
});

test('a session of the load that is killed fails the restore, naming the database', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  const run = await harness.runner.start('restore.sh', harness.restoreRun(long, volume));
  await killProcess(run.pid, /^postgres: postgres shop \[local\] (COPY|CREATE INDEX)/);
  expectFailure(await run.ended, 1, /restore of database \S+ was cut off: \S/);
  expect(await readdir(volume)).not.toContain('restored-from');
});

test('the password is set only where the recorded one does not log in', async () => {
  const stored = await source.query('postgres', `SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'`);
  const same = await harness.startRestored((await harness.restore(image)).volume);
  expect(await same.query('postgres', `SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'`)).toEqual(stored);

  const other = await harness.restore({ ...image, password: `other ' \\ "$(x)` });
  expect(other.end).toMatchObject({
    exitCode: 0,
    results: [{ notices: [expect.stringMatching(/password of role postgres/)] }],
  });
  const copy = await harness.startRestored(other.volume, `other ' \\ "$(x)`);
  expect(await copy.query('shop', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 200_000 }]);
});
