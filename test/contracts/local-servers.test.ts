import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ServerSpec } from '../../jobs/ports/platform.ts';
import { readProcess } from '../../src/machine/process-mark.ts';
import type { LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { findPostmaster } from '../../src/postgres-programs/postmaster.ts';
import { rotateServerLog } from '../../src/postgres-programs/server-log.ts';
import { killHard, startControlProcess } from '../support/control-process.ts';
import { eventually } from '../support/eventually.ts';
import { createLocalHome, type LocalHome } from '../support/local-platform.ts';
import { collect, serverSpec } from '../support/platform-specs.ts';

const PASSWORD = 'hunter22';

describe('servers of the local platform', () => {
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
  afterEach(async () => {
    for (const { resourceName, namespace } of created.splice(0)) {
      const ref = { resourceName, namespace };
      await platform.removeServer(ref);
      await platform.removeConfiguration(ref);
      await platform.removeSecret(ref);
      await platform.removeVolume(ref);
    }
  });

  const created: ServerSpec[] = [];
  const directoryOf = (spec: ServerSpec) => path.join(home.stateDirectory, 'servers', 'test', spec.resourceName);
  const dataOf = (spec: ServerSpec) => path.join(directoryOf(spec), 'volume', 'pgdata');
  const untilReady = async (spec: ServerSpec) => {
    const isReady = ({ phase }: { phase: string }) => phase === 'READY';
    const status = await eventually(() => platform.readServer(spec), isReady);
    return status.endpoint?.port ?? 0;
  };
  const prepare = async (spec = serverSpec()) => {
    created.push(spec);
    await platform.ensureVolume(spec);
    await platform.ensureSecret(spec, { username: 'postgres', password: PASSWORD });
    await platform.ensureConfiguration(spec);
    return spec;
  };
  const create = async () => {
    const spec = await prepare();
    await platform.ensureServer(spec);
    await untilReady(spec);
    return spec;
  };
  const ask = async (spec: ServerSpec, sql: string) => {
    const port = await untilReady(spec);
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password: PASSWORD });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0];
    } finally {
      await client.end();
    }
  };
  const postmasterOf = async (spec: ServerSpec) => (await findPostmaster(dataOf(spec)))?.process.pid ?? 0;

  test('a server outlives the control plane that started it and is adopted by the next one', async () => {
    const spec = serverSpec();
    created.push(spec);
    const orders = { directory: home.directory, servers: [spec], jobs: [], password: PASSWORD };
    await killHard(await startControlProcess(orders));
    await untilReady(spec);
    const before = await postmasterOf(spec);
    await ask(spec, 'CREATE TABLE kept AS SELECT 1');
    await platform.ensureServer(spec);
    expect(await postmasterOf(spec)).toBe(before);
    await platform.stopServer(spec);
    expect(await readProcess(before)).toBeNull();
  });

  test('two processes at once make one server', async () => {
    const spec = serverSpec();
    created.push(spec);
    const orders = { directory: home.directory, servers: [spec], jobs: [], password: PASSWORD };
    const controls = await Promise.all([startControlProcess(orders), startControlProcess(orders)]);
    await Promise.all(controls.map(killHard));
    expect(await ask(spec, 'SELECT 1')).toBe(1);
  });

  test('its password is nowhere but in a file of mode 0600, and its data and socket are closed to others', async () => {
    const spec = await create();
    const secret = path.join(directoryOf(spec), 'secret.json');
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(directoryOf(spec), 'volume'))).mode & 0o777).toBe(0o700);
    expect((await stat(dataOf(spec))).mode & 0o777).toBe(0o700);
    const sockets = String(await ask(spec, 'SHOW unix_socket_directories')).replaceAll('"', '');
    expect((await stat(sockets)).mode & 0o777).toBe(0o700);
    const entries = await readdir(directoryOf(spec), { recursive: true, withFileTypes: true });
    const small = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('pgdata'));
    const texts = await Promise.all(
      small.map(
        async (entry) => [entry.name, await readFile(path.join(entry.parentPath, entry.name), 'utf8')] as const,
      ),
    );
    expect(texts.filter(([, text]) => text.includes(PASSWORD)).map(([name]) => name)).toEqual(['secret.json']);
    const pid = await postmasterOf(spec);
    for (const source of ['environ', 'cmdline']) {
      expect(await readFile(`/proc/${pid}/${source}`, 'utf8')).not.toContain(PASSWORD);
    }
  });

  test('a password is asked of every login, also from loopback and for replication', async () => {
    const spec = await create();
    const rules = `SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules`;
    expect(await ask(spec, rules)).toBe('scram-sha-256');
    expect(await ask(spec, `SELECT count(*)::int FROM pg_hba_file_rules WHERE 'replication' = ANY (database)`)).toBe(2);
    expect(await ask(spec, 'SHOW listen_addresses')).toBe('127.0.0.1');
  });

  test('what users set by ALTER SYSTEM comes into force, but cannot move the server away from its platform', async () => {
    const spec = await create();
    const before = await untilReady(spec);
    for (const setting of [
      `work_mem = '7MB'`,
      'port = 1',
      `listen_addresses = '*'`,
      `hba_file = '/nowhere/pg_hba.conf'`,
      `unix_socket_directories = '/nowhere'`,
      'logging_collector = on',
      `log_line_prefix = 'mine '`,
    ]) {
      await ask(spec, `ALTER SYSTEM SET ${setting}`);
    }
    await platform.stopServer(spec);
    await platform.ensureServer(spec);
    expect(await untilReady(spec)).toBe(before);
    expect(await ask(spec, 'SHOW work_mem')).toBe('7MB');
    expect(await ask(spec, 'SHOW listen_addresses')).toBe('127.0.0.1');
  });

  test('a setting with which it cannot start makes it FAILED with its own words', async () => {
    const spec = await create();
    await ask(spec, `ALTER SYSTEM SET shared_preload_libraries = 'not_installed'`);
    await platform.stopServer(spec);
    await platform.ensureServer(spec);
    const status = await platform.readServer(spec);
    expect(status).toMatchObject({ phase: 'FAILED', endpoint: null });
    expect(status.detail).toMatch(/not_installed/);
  });

  test('the port is kept over a stop, and changed only when somebody else has taken it', async () => {
    const spec = await create();
    const port = await untilReady(spec);
    await platform.stopServer(spec);
    await platform.ensureServer(spec);
    expect(await untilReady(spec)).toBe(port);
    await platform.stopServer(spec);
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(port, '127.0.0.1', resolve));
    await platform.ensureServer(spec);
    expect(await untilReady(spec)).not.toBe(port);
    expect(await ask(spec, 'SELECT 1')).toBe(1);
    await new Promise((resolve) => thief.close(resolve));
  });

  test('a killed server is FAILED, and starting it again recovers its data', async () => {
    const spec = await create();
    await ask(spec, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(await postmasterOf(spec), 'SIGKILL');
    const isFailed = ({ phase }: { phase: string }) => phase === 'FAILED';
    await eventually(() => platform.readServer(spec), isFailed);
    await platform.ensureServer(spec);
    expect(await ask(spec, 'SELECT answer FROM kept')).toBe(42);
  });

  test('a process that has the pid of an earlier server is neither taken for it nor harmed', async () => {
    const spec = await create();
    process.kill(await postmasterOf(spec), 'SIGKILL');
    const isFailed = ({ phase }: { phase: string }) => phase === 'FAILED';
    await eventually(() => platform.readServer(spec), isFailed);
    const owner = await stat(dataOf(spec));
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore', uid: owner.uid, gid: owner.gid });
    const pidFile = path.join(dataOf(spec), 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8')).split('\n');
    await writeFile(pidFile, [bystander.pid, ...lines.slice(1)].join('\n'));
    expect((await platform.readServer(spec)).phase).toBe('FAILED');
    await platform.stopServer(spec);
    expect(await readProcess(bystander.pid ?? 0)).not.toBeNull();
    await platform.ensureServer(spec);
    expect(await ask(spec, 'SELECT 1')).toBe(1);
    expect(await readProcess(bystander.pid ?? 0)).not.toBeNull();
    bystander.kill('SIGKILL');
  });

  test('a shutdown of the platform stops servers cleanly; afterwards those that were running run again', async () => {
    const running = await create();
    const stopped = await create();
    await platform.stopServer(stopped);
    const port = await untilReady(running);
    await platform.suspend();
    expect((await platform.readServer(running)).phase).toBe('STOPPED');
    const log = await readFile(path.join(directoryOf(running), 'server.log'), 'utf8');
    expect(log.trimEnd()).toMatch(/database system is shut down$/);
    await platform.suspend();
    const next = await home.open();
    await next.resume();
    expect(await untilReady(running)).toBe(port);
    expect((await next.readServer(stopped)).phase).toBe('STOPPED');
    await next.resume();
    await next.stop();
  });

  test('a restore that was not finished is refused, and a finished one is started as it is', async () => {
    const source = await create();
    await ask(source, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await platform.stopServer(source);
    const spec = await prepare();
    await rename(dataOf(source), `${dataOf(spec)}-restoring`);
    await expect(platform.ensureServer(spec)).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('restore that was not finished'),
    });
    expect(await platform.readServer(spec)).toMatchObject({ phase: 'FAILED' });
    await rename(`${dataOf(spec)}-restoring`, dataOf(spec));
    await platform.ensureServer(spec);
    expect(await ask(spec, 'SELECT answer FROM kept')).toBe(42);
  });

  test('a half-made cluster of an earlier, killed attempt is made anew', async () => {
    const spec = await prepare();
    const half = `${dataOf(spec)}.new`;
    await mkdir(half);
    await writeFile(path.join(half, 'PG_VERSION'), '15\n');
    await platform.ensureServer(spec);
    expect(await ask(spec, 'SELECT 1')).toBe(1);
    expect(await readdir(path.join(directoryOf(spec), 'volume'))).toEqual(['pgdata']);
  });

  test('a cluster of another version, and pg_durable where it is not installed, are refused', async () => {
    const spec = await prepare();
    await mkdir(dataOf(spec));
    await writeFile(path.join(dataOf(spec), 'PG_VERSION'), '14\n');
    await expect(platform.ensureServer(spec)).rejects.toMatchObject({ message: expect.stringMatching(/14.*15/) });
    const offers = await platform.readOffers();
    const without = offers.find((offer) => !offer.imageTypes.includes('PG_DURABLE'));
    const durable = await prepare(serverSpec({ imageType: 'PG_DURABLE', postgresVersion: without?.version ?? '15' }));
    await expect(platform.ensureServer(durable)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/pg_durable.*Versions that have it: /s),
    });
  });

  test('names that would leave the state directory and passwords that are no line are refused', async () => {
    for (const resourceName of ['..', '../x', 'a/b', 'A', '-a', 'a-', 'ä', '', '$(x)', 'a'.repeat(64), 'a\nb']) {
      await expect(platform.ensureVolume(serverSpec({ resourceName }))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
      await expect(platform.removeVolume({ namespace: 'test', resourceName })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
    }
    for (const password of ['', 'two\nlines', 'nul\0']) {
      const secret = { username: 'postgres', password };
      await expect(platform.ensureSecret(serverSpec(), secret)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
  });

  test('a password of 10 kB works', async () => {
    const spec = serverSpec();
    created.push(spec);
    const password = `'"\\$()${'ä'.repeat(5_000)}`;
    await platform.ensureVolume(spec);
    await platform.ensureSecret(spec, { username: 'postgres', password });
    await platform.ensureConfiguration(spec);
    await platform.ensureServer(spec);
    const port = await untilReady(spec);
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password });
    await client.connect();
    await client.end();
  });

  test('a follower misses no line when the log is rotated under it', async () => {
    const spec = await create();
    const log = path.join(directoryOf(spec), 'server.log');
    const say = (from: number, to: number) =>
      ask(spec, `DO $$ BEGIN FOR i IN ${from}..${to} LOOP RAISE LOG 'count %', i; END LOOP; END $$`);
    const leaving = new AbortController();
    const options = { tailLines: 0, since: null, follow: true, signal: leaving.signal };
    const seen: number[] = [];
    const following = (async () => {
      for await (const { text } of platform.followServerLogs(spec, options)) {
        const count = /count (\d+)$/.exec(text)?.[1];
        if (count !== undefined) seen.push(Number(count));
        if (seen.length === 400) leaving.abort();
      }
    })();
    await say(1, 200);
    await rotateServerLog(log, 1);
    await say(201, 400);
    await following;
    expect(seen).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
    const all = { tailLines: null, since: null, follow: false, signal: new AbortController().signal };
    const counts = (await collect(platform.followServerLogs(spec, all))).filter((line) =>
      / count \d+$/.test(line.text),
    );
    expect(counts.length).toBe(400);
    const since = counts[250]?.at ?? null;
    const later = await collect(platform.followServerLogs(spec, { ...all, since }));
    expect(later.length).toBeGreaterThan(0);
    expect(later.every((line) => since === null || (line.at !== null && line.at >= since))).toBe(true);
    const tail = await collect(platform.followServerLogs(spec, { ...all, tailLines: 1_000_000 }));
    expect(tail.filter((line) => / count \d+$/.test(line.text)).length).toBe(400);
  });

  test('five hundred followers that come and go leave no file and no timer open', async () => {
    const spec = await create();
    const follow = async () => {
      const leaving = new AbortController();
      const options = { tailLines: 1, since: null, follow: true, signal: leaving.signal };
      for await (const line of platform.followServerLogs(spec, options)) if (line.line === 1) leaving.abort();
    };
    await follow();
    const open = async () => (await readdir('/proc/self/fd')).length;
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = { files: await open(), timers: timers() };
    for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 50 }, follow));
    expect(await open()).toBeLessThanOrEqual(before.files);
    expect(timers()).toBeLessThanOrEqual(before.timers + 1);
  });

  test('when the operating system refuses, the error says what to do', async () => {
    await writeFile(path.join(home.stateDirectory, 'servers', 'blocked'), '');
    const blocked = serverSpec({ namespace: 'blocked' });
    await expect(platform.ensureVolume(blocked)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('a file stands where a directory of ours must be'),
    });
    expect((await platform.readServer(blocked)).phase).toBe('ABSENT');
  });
});
