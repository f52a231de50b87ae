import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/embedded/postgres.ts';
import { findPostgresPrograms } from '../../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../../src/postgres-programs/identity.ts';
import { findPostmaster } from '../../../src/postgres-programs/postmaster.ts';
import { captureLog } from '../../support/capture-log.ts';
import { killHard, startProcess } from '../../support/control-process.ts';
import { eventually } from '../../support/eventually.ts';

describe('the embedded database', () => {
  let home: string;
  let stateDirectory: string;
  const { log, messages } = captureLog();
  const start = async () => {
    const identity = await readServerIdentity();
    return startEmbeddedPostgres({ stateDirectory, programs: await findPostgresPrograms(null), identity, log });
  };
  const postmaster = async () => (await findPostmaster(path.join(stateDirectory, 'cms/data')))?.process.pid ?? null;
  const ask = async ({ ownerUrl }: EmbeddedPostgres, sql: string) => {
    const client = new pg.Client({ connectionString: ownerUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0];
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    home = await mkdtemp('/tmp/toygres-cms-');
    await chmod(home, 0o755);
    stateDirectory = path.join(home, 'state');
  });
  afterAll(async () => {
    // Also what a failed test left running.
    await (await start()).stop();
    await rm(home, { recursive: true, force: true });
  });

  test('keeps data, password and port between runs, and stops without a trace', async () => {
    const first = await start();
    await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(await postmaster()).toBeNull();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await ask(second, 'SELECT answer FROM kept')).toBe(42);
    await second.stop();
    await second.stop();
  });

  test('keeps its password in a file of mode 0600 and asks for it', async () => {
    const database = await start();
    expect((await stat(path.join(stateDirectory, 'cms/password'))).mode & 0o777).toBe(0o600);
    const wrong = new URL(database.ownerUrl);
    wrong.password = 'wrong';
    await expect(ask({ ...database, ownerUrl: wrong.href }, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    const pid = await postmaster();
    const password = decodeURIComponent(new URL(database.ownerUrl).password);
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password);
    await database.stop();
  });

  test('adopts the server that a killed run left behind', async () => {
    await killHard(await startProcess('embedded-process.ts', home, 'postgres'));
    const leftover = await postmaster();
    expect(leftover).not.toBeNull();
    const database = await start();
    expect(await postmaster()).toBe(leftover);
    expect(await ask(database, 'SELECT answer FROM kept')).toBe(42);
    await database.stop();
    expect(await postmaster()).toBeNull();
  });

  test('is started again on the same port when it dies, and says so', async () => {
    const database = await start();
    const before = await postmaster();
    if (before !== null) process.kill(before, 'SIGKILL');
    await eventually(
      () => ask(database, 'SELECT answer FROM kept').catch(() => null),
      (answer) => answer === 42,
    );
    expect(await postmaster()).not.toBe(before);
    expect(messages).toContain('The embedded database has ended unexpectedly; it is started again');
    await database.stop();
  });

  test('takes another port when somebody else has its own by now', async () => {
    const first = await start();
    await first.stop();
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(Number(new URL(first.url).port), '127.0.0.1', resolve));
    const second = await start();
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    expect(await ask(second, 'SELECT answer FROM kept')).toBe(42);
    await second.stop();
    await new Promise((resolve) => thief.close(resolve));
  });

  test('without its version of PostgreSQL it names the package to install', async () => {
    const none = { stateDirectory, programs: [], identity: null, log };
    await expect(startEmbeddedPostgres(none)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('apt-get install postgresql-15'),
    });
  });
});
