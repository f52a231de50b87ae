import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readProcess } from '../../src/machine/process-mark.ts';
import { killHard, startControlProcess } from '../support/control-process.ts';
import { eventually } from '../support/eventually.ts';
import { serverSpec } from '../support/platform-specs.ts';
import { PASSWORD, useServerBench } from '../support/server-bench.ts';

describe('the life of servers on the local platform', () => {
  const bench = useServerBench();

  test('a server outlives the control plane that started it and is adopted by the next one', async () => {
    const spec = bench.adopt(serverSpec());
    const orders = { directory: bench.home.directory, servers: [spec], jobs: [], password: PASSWORD };
    await killHard(await startControlProcess(orders));
    await bench.untilReady(spec);
    const before = await bench.postmasterOf(spec);
    await bench.ask(spec, 'CREATE TABLE kept AS SELECT 1');
    await bench.platform.ensureServer(spec);
    expect(await bench.postmasterOf(spec)).toBe(before);
    await bench.platform.stopServer(spec);
    expect(await readProcess(before)).toBeNull();
  });

  test('two processes at once make one server', async () => {
    const spec = bench.adopt(serverSpec());
    const orders = { directory: bench.home.directory, servers: [spec], jobs: [], password: PASSWORD };
    const controls = await Promise.all([startControlProcess(orders), startControlProcess(orders)]);
    await Promise.all(controls.map(killHard));
    expect(await bench.ask(spec, 'SELECT 1')).toBe(1);
  });

  test('the port is kept over a stop, and changed only when somebody else has taken it', async () => {
    const spec = await bench.create();
    const port = await bench.untilReady(spec);
    await bench.platform.stopServer(spec);
    await bench.platform.ensureServer(spec);
    expect(await bench.untilReady(spec)).toBe(port);
    await bench.platform.stopServer(spec);
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(port, '127.0.0.1', resolve));
    await bench.platform.ensureServer(spec);
    expect(await bench.untilReady(spec)).not.toBe(port);
    expect(await bench.ask(spec, 'SELECT 1')).toBe(1);
    await new Promise((resolve) => thief.close(resolve));
  });

  test('a killed server is FAILED, and starting it again recovers its data', async () => {
    const spec = await bench.create();
    await bench.ask(spec, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(await bench.postmasterOf(spec), 'SIGKILL');
    const isFailed = ({ phase }: { phase: string }) => phase === 'FAILED';
    await eventually(() => bench.platform.readServer(spec), isFailed);
    await bench.platform.ensureServer(spec);
    expect(await bench.ask(spec, 'SELECT answer FROM kept')).toBe(42);
  });

  test('a process that has the pid of an earlier server is neither taken for it nor harmed', async () => {
    const spec = await bench.create();
    process.kill(await bench.postmasterOf(spec), 'SIGKILL');
    const isFailed = ({ phase }: { phase: string }) => phase === 'FAILED';
    await eventually(() => bench.platform.readServer(spec), isFailed);
    // As root a server has a user of its own, and whatever else runs as that user ends with it.
    const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore', ...somebody });
    const pidFile = path.join(bench.dataOf(spec), 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8')).split('\n');
    await writeFile(pidFile, [bystander.pid, ...lines.slice(1)].join('\n'));
    expect((await bench.platform.readServer(spec)).phase).toBe('FAILED');
    await bench.platform.stopServer(spec);
    expect(await readProcess(bystander.pid ?? 0)).not.toBeNull();
    await bench.platform.ensureServer(spec);
    expect(await bench.ask(spec, 'SELECT 1')).toBe(1);
    expect(await readProcess(bystander.pid ?? 0)).not.toBeNull();
    bystander.kill('SIGKILL');
  });

  test('a shutdown of the platform stops servers cleanly; afterwards those that were running run again', async () => {
    const running = await bench.create();
    const stopped = await bench.create();
    await bench.platform.stopServer(stopped);
    const port = await bench.untilReady(running);
    await bench.platform.suspend();
    expect((await bench.platform.readServer(running)).phase).toBe('STOPPED');
    const log = await readFile(path.join(bench.directoryOf(running), 'server.log'), 'utf8');
    expect(log.trimEnd()).toMatch(/database system is shut down$/);
    await bench.platform.suspend();
    const next = await bench.home.open();
    await next.resume();
    expect(await bench.untilReady(running)).toBe(port);
    expect((await next.readServer(stopped)).phase).toBe('STOPPED');
    await next.resume();
    await next.stop();
  });

  test('when the operating system refuses, the error says what to do', async () => {
    await writeFile(path.join(bench.home.stateDirectory, 'servers', 'blocked'), '');
    const blocked = serverSpec({ namespace: 'blocked' });
    await expect(bench.platform.ensureVolume(blocked)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('a file stands where a directory of ours must be'),
    });
    expect((await bench.platform.readServer(blocked)).phase).toBe('ABSENT');
  });
});
