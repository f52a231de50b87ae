import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { serverSpec } from '../support/platform-specs.ts';
import { PASSWORD, useServerBench } from '../support/server-bench.ts';

describe('what servers of the local platform are made of', () => {
  const bench = useServerBench();

  test('its password stays nowhere once its cluster is made, and its data and socket are closed to others', async () => {
    const spec = await bench.create();
    const secret = path.join(bench.directoryOf(spec), 'secret.json');
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(bench.directoryOf(spec), 'volume'))).mode & 0o777).toBe(0o700);
    expect((await stat(bench.dataOf(spec))).mode & 0o777).toBe(0o700);
    const sockets = String(await bench.ask(spec, 'SHOW unix_socket_directories')).replaceAll('"', '');
    expect((await stat(sockets)).mode & 0o777).toBe(0o700);
    const entries = await readdir(bench.directoryOf(spec), { recursive: true, withFileTypes: true });
    const small = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('pgdata'));
    const texts = await Promise.all(
      small.map(
        async (entry) => [entry.name, await readFile(path.join(entry.parentPath, entry.name), 'utf8')] as const,
      ),
    );
    expect(texts.filter(([, text]) => text.includes(PASSWORD)).map(([name]) => name)).toEqual([]);
    const pid = await bench.postmasterOf(spec);
    for (const source of ['environ', 'cmdline']) {
      expect(await readFile(`/proc/${pid}/${source}`, 'utf8')).not.toContain(PASSWORD);
    }
  });

  test('a password is asked of every login, also from loopback and for replication', async () => {
    const spec = await bench.create();
    const rules = `SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules`;
    expect(await bench.ask(spec, rules)).toBe('scram-sha-256');
    expect(
      await bench.ask(spec, `SELECT count(*)::int FROM pg_hba_file_rules WHERE 'replication' = ANY (database)`),
    ).toBe(2);
    expect(await bench.ask(spec, 'SHOW listen_addresses')).toBe('127.0.0.1');
  });

  test('what users set by ALTER SYSTEM comes into force, but cannot move the server away from its platform', async () => {
    const spec = await bench.create();
    const before = await bench.untilReady(spec);
    for (const setting of [
      `work_mem = '7MB'`,
      'port = 1',
      `listen_addresses = '*'`,
      `hba_file = '/nowhere/pg_hba.conf'`,
      `unix_socket_directories = '/nowhere'`,
      'logging_collector = on',
      `log_line_prefix = 'mine '`,
    ]) {
      await bench.ask(spec, `ALTER SYSTEM SET ${setting}`);
    }
    await bench.platform.stopServer(spec);
    await bench.platform.ensureServer(spec);
    expect(await bench.untilReady(spec)).toBe(before);
    expect(await bench.ask(spec, 'SHOW work_mem')).toBe('7MB');
    expect(await bench.ask(spec, 'SHOW listen_addresses')).toBe('127.0.0.1');
  });

  test('a setting with which it cannot start makes it FAILED with its own words', async () => {
    const spec = await bench.create();
    await bench.ask(spec, `ALTER SYSTEM SET shared_preload_libraries = 'not_installed'`);
    await bench.platform.stopServer(spec);
    await bench.platform.ensureServer(spec);
    // How quickly it ends is the server's.
    const status = await eventually(
      () => bench.platform.readServer(spec),
      ({ phase }) => phase !== 'STARTING',
    );
    expect(status).toMatchObject({ phase: 'FAILED', endpoint: null });
    expect(status.detail).toMatch(/not_installed/);
  });

  test('a restore that was not finished is refused, and a finished one is started as it is', async () => {
    const source = await bench.create();
    await bench.ask(source, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await bench.platform.stopServer(source);
    const spec = await bench.prepare();
    await rename(bench.dataOf(source), `${bench.dataOf(spec)}-restoring`);
    await expect(bench.platform.ensureServer(spec)).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('restore that was not finished'),
    });
    expect(await bench.platform.readServer(spec)).toMatchObject({ phase: 'FAILED' });
    await rename(`${bench.dataOf(spec)}-restoring`, bench.dataOf(spec));
    await bench.platform.ensureServer(spec);
    expect(await bench.ask(spec, 'SELECT answer FROM kept')).toBe(42);
  });

  test('a half-made cluster of an earlier, killed attempt is made anew', async () => {
    const spec = await bench.prepare();
    const half = `${bench.dataOf(spec)}.new`;
    await mkdir(half);
    await writeFile(path.join(half, 'PG_VERSION'), '15\n');
    await bench.platform.ensureServer(spec);
    expect(await bench.ask(spec, 'SELECT 1')).toBe(1);
    expect(await readdir(path.join(bench.directoryOf(spec), 'volume'))).toEqual(['pgdata']);
  });

  test('a cluster of another version, and pg_durable where it is not installed, are refused', async () => {
    const spec = await bench.prepare();
    await mkdir(bench.dataOf(spec));
    await writeFile(path.join(bench.dataOf(spec), 'PG_VERSION'), '14\n');
    await expect(bench.platform.ensureServer(spec)).rejects.toMatchObject({ message: expect.stringMatching(/14.*15/) });
    const offers = await bench.platform.readOffers();
    const without = offers.find((offer) => !offer.imageTypes.includes('PG_DURABLE'));
    const durable = await bench.prepare(
      serverSpec({ imageType: 'PG_DURABLE', postgresVersion: without?.version ?? '15' }),
    );
    await expect(bench.platform.ensureServer(durable)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/pg_durable.*Versions that have it: /s),
    });
  });

  test('names that would leave the state directory and passwords that are no line are refused', async () => {
    for (const resourceName of ['..', '../x', 'a/b', 'A', '-a', 'a-', 'ä', '', '$(x)', 'a'.repeat(64), 'a\nb']) {
      await expect(bench.platform.ensureVolume(serverSpec({ resourceName }))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
      await expect(bench.platform.removeVolume({ namespace: 'test', resourceName })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
    }
    for (const password of ['', 'two\nlines', 'nul\0']) {
      const secret = { username: 'postgres', password };
      await expect(bench.platform.ensureSecret(serverSpec(), secret)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
  });

  test('a password of 10 kB works', async () => {
    const spec = bench.adopt(serverSpec());
    const password = `'"\\$()${'ä'.repeat(5_000)}`;
    await bench.platform.ensureVolume(spec);
    await bench.platform.ensureSecret(spec, { username: 'postgres', password });
    await bench.platform.ensureConfiguration(spec);
    await bench.platform.ensureServer(spec);
    const port = await bench.untilReady(spec);
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password });
    await client.connect();
    await client.end();
  });
});
