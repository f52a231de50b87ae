import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import type { Address } from '../../../jobs/ports/platform/servers.ts';
import { ordinarySettings, pinnedSettings } from '../../../src/guarded-postgres/pinned-settings.ts';
import { openSession } from '../../../src/guarded-postgres/session.ts';
import { rememberServers } from '../../../src/platform/known-servers.ts';
import { openAt } from '../../../src/platform/probe-client.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { checkLogin } from '../../../src/runner/backup/check-login.ts';
import { createScriptRunner, type ScriptRunner } from '../../support/job-script.ts';
import { programsByAge } from '../../support/load-bed.ts';
import { type SourceServer, startSourceServer } from '../../support/source-server.ts';

const PASSWORD = 'a password of this test';
const TIMEOUT = 20_000;
const SETTINGS = 'SELECT name, setting FROM pg_catalog.pg_settings';
/** Which of our programs asks, and the letters that it reads. */
const OF_EACH = new Set(['application_name', 'client_encoding', 'transaction_read_only']);

let client: pg.Client;
let address: Address;
let major = 0;
beforeAll(async () => {
  const url = new URL(inject('postgresUrl'));
  address = { host: url.hostname, port: Number(url.port) };
  client = new pg.Client(inject('postgresUrl'));
  await client.connect();
  major = Number.parseInt(
    (await client.query<{ v: string }>(`SELECT current_setting('server_version') AS v`)).rows[0]?.v ?? '',
    10,
  );
});
afterAll(() => client?.end());

/** A role that has the settings of this test's choice, and whose name is the test's own. */
async function withRole<T>(name: string, rights: string, work: () => Promise<T>): Promise<T> {
  await client.query(`CREATE ROLE ${name} LOGIN ${rights} PASSWORD '${PASSWORD}'`);
  try {
    for (const [setting, value] of Object.entries({
      search_path: 'public, pg_catalog',
      DateStyle: 'SQL, DMY',
      IntervalStyle: 'sql_standard',
      TimeZone: 'Asia/Kathmandu',
      bytea_output: 'escape',
      quote_all_identifiers: 'on',
      default_transaction_isolation: 'serializable',
      default_transaction_deferrable: 'on',
      lock_timeout: '1',
      statement_timeout: '1h',
      idle_session_timeout: '1h',
      client_min_messages: 'debug1',
      standard_conforming_strings: 'off',
      xmloption: 'document',
    })) {
      await client.query(`ALTER ROLE ${name} SET ${setting} TO ${setting === 'search_path' ? value : `'${value}'`}`);
    }
    return await work();
  } finally {
    await client.query(`DROP ROLE ${name}`);
  }
}

async function settingsOfProbe(username: string, known = rememberServers()) {
  const inDatabase = openAt(address, { username, password: PASSWORD }, TIMEOUT, { known });
  return inDatabase('postgres', async (open) => (await open.query<{ name: string; setting: string }>(SETTINGS)).rows);
}

const asMap = (rows: readonly { readonly name: string; readonly setting: string }[]) =>
  Object.fromEntries(rows.filter(({ name }) => !OF_EACH.has(name)).map(({ name, setting }) => [name, setting]));

describe('sessions with a server of a tenant', () => {
  test('are pinned alike, whoever asks and whatever the role is set to', async () => {
    await withRole('pinned_superuser', 'SUPERUSER', async () => {
      const known = rememberServers();
      // Only a server that has said what it is can be asked for what not every one knows.
      await settingsOfProbe('pinned_superuser', known);
      const ofProbe = asMap(await settingsOfProbe('pinned_superuser', known));
      const { host, port } = address;
      const login = { host, port, user: 'pinned_superuser', password: PASSWORD };
      const session = await openSession(login, { database: 'postgres', major });
      const row = z.tuple([z.string(), z.string()]).transform(([name, setting]) => ({ name, setting }));
      const ofJob = asMap(await session.ask({ sql: SETTINGS, row }).finally(() => session.close()));
      expect(ofProbe).toEqual(ofJob);
      expect(ofProbe).toMatchObject({ search_path: 'pg_catalog', statement_timeout: '0', TimeZone: 'UTC', jit: 'off' });
    });
  });

  test('of a role that is no superuser are pinned as far as it may, from the first on', async () => {
    await withRole('pinned_ordinary', 'NOSUPERUSER', async () => {
      const known = rememberServers();
      const first = asMap(await settingsOfProbe('pinned_ordinary', known));
      expect(first).toMatchObject({
        search_path: 'pg_catalog',
        statement_timeout: '0',
        lock_timeout: '0',
        TimeZone: 'UTC',
      });
      expect(asMap(await settingsOfProbe('pinned_ordinary', known))).toEqual(first);
    });
  });

  test('go on when the role is a superuser no longer, and again', async () => {
    await withRole('pinned_once', 'SUPERUSER', async () => {
      const known = rememberServers();
      const stands = async () => asMap(await settingsOfProbe('pinned_once', known)).log_statement;
      await client.query(`ALTER ROLE pinned_once SET log_statement TO 'all'`);
      expect(await stands()).toBe('all');
      expect(await stands()).toBe('none');
      await client.query('ALTER ROLE pinned_once NOSUPERUSER');
      expect(await stands()).toBe('all');
      await client.query('ALTER ROLE pinned_once SUPERUSER');
      await stands();
      expect(await stands()).toBe('none');
    });
  });

  test('set what everybody may set apart from what superusers alone may', async () => {
    const { rows } = await client.query<{ name: string; context: string }>('SELECT name, context FROM pg_settings');
    const contexts = new Map(rows.map(({ name, context }) => [name, context]));
    const ordinary = Object.keys(ordinarySettings(major));
    const others = Object.keys(pinnedSettings(major)).filter((name) => !ordinary.includes(name));
    // `role` is no parameter that is listed.
    expect(ordinary.filter((name) => !['user', 'backend'].includes(contexts.get(name) ?? 'user'))).toEqual([]);
    expect(others.filter((name) => contexts.get(name) !== 'superuser')).toEqual([]);
    expect(others.length).toBeGreaterThan(5);
  });
});

const newest = (await programsByAge()).at(-1);

describe.runIf(Number(newest?.major) >= 17)('an event trigger for logins', () => {
  let runner: ScriptRunner;
  let server: SourceServer;
  const trigger = (body: string) => `
    DROP EVENT TRIGGER IF EXISTS at_login;
    CREATE OR REPLACE FUNCTION public.at_login() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
    CREATE EVENT TRIGGER at_login ON login EXECUTE FUNCTION public.at_login();
    ALTER EVENT TRIGGER at_login ENABLE ALWAYS`;
  const OURS = `current_setting('application_name') LIKE 'toygres%'`;
  const look = (probe = createServerProbe(), timeoutMs = TIMEOUT) =>
    probe.connect(server, { username: server.user, password: server.password }, { timeoutMs, durable: false });
  beforeAll(async () => {
    runner = await createScriptRunner(newest);
    server = await startSourceServer({
      directory: await runner.makeDirectory('login-triggers'),
      password: PASSWORD,
      initdbArguments: ['--encoding=UTF8', '--locale=C'],
      programs: newest,
    });
  });
  afterAll(async () => {
    await server?.stop();
    await runner?.stop();
  });

  test('that refuses everybody refuses no probe', async () => {
    await server.query('postgres', trigger(`IF ${OURS} THEN RAISE 'not one of us'; END IF;`));
    const probe = createServerProbe();
    expect((await look(probe)).serverVersion).toMatch(/^\d\d/);
    expect((await look(probe)).serverVersion).toMatch(/^\d\d/);
  });

  test('that writes down who comes sees a probe once, and not at every look', async () => {
    await server.query('postgres', 'CREATE TABLE public.came (who text)');
    await server.query('postgres', trigger(`IF ${OURS} THEN INSERT INTO public.came VALUES (current_user); END IF;`));
    const probe = createServerProbe();
    for (let n = 0; n < 4; n++) await look(probe);
    expect(await server.query('postgres', 'SELECT count(*)::int AS n FROM public.came')).toEqual([{ n: 1 }]);
  });

  test('that keeps everybody waiting keeps one look and no other, and no image', async () => {
    await server.query('postgres', trigger(`IF ${OURS} THEN PERFORM pg_sleep(600); END IF;`));
    const probe = createServerProbe();
    await expect(look(probe, 1500)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await look(probe)).serverVersion).toMatch(/^\d\d/);
    const login = { host: server.host, port: server.port, user: server.user, password: server.password };
    const report = { log: () => undefined } as never;
    const found = await checkLogin(login, { signal: new AbortController().signal, report });
    expect(found.major).toBe(Number(newest?.major));
    await found.session.close();
  });
});
