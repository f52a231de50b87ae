import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { generatePassword } from '../../../src/secrets/generate-password.ts';
import { int16, int32, LET_IN, message, startFakePostgres } from '../../support/fake-postgres.ts';
import { freePort } from '../../support/free-port.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const probe = createServerProbe();
const options = { timeoutMs: 3_000, durable: false };
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.stop());

const server = () => {
  const url = new URL(inject('postgresUrl'));
  const login = { username: url.username, password: decodeURIComponent(url.password) };
  return { address: { host: url.hostname, port: Number(url.port) }, login };
};

const sessions = async () =>
  (await test.database.pool.query(`SELECT FROM pg_stat_activity WHERE application_name = 'toygres probe'`)).rowCount;

const ROW = message('D', int16(1), int32(1000), 'x'.repeat(1000));
const COLUMNS = message('T', int16(1), 'version\0', int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0));

/** Rows for as long as anybody listens. */
function pour(socket: Socket): void {
  socket.write(COLUMNS);
  const more = () => {
    while (!socket.destroyed && socket.write(ROW));
  };
  socket.on('drain', more);
  more();
}

/** The answer to a question, one row with one value. */
const bound = (value: string) =>
  Buffer.concat([
    message('1'),
    message('2'),
    COLUMNS,
    message('D', int16(1), int32(value.length), value),
    message('C', 'SELECT 1\0'),
    message('Z', 'I'),
  ]);

describe('a probe', () => {
  it('tells version and latency of a server that takes the login, and leaves no session', async () => {
    const { address, login } = server();
    const facts = await probe.connect(address, login, options);
    expect(facts).toEqual({
      serverVersion: expect.stringMatching(/^1\d/),
      latencyMs: expect.any(Number),
      durableWorkerRunning: null,
    });
    await expect.poll(sessions).toBe(0);
  });

  it('measures all databases when it is asked to', async () => {
    const { address, login } = server();
    const { databaseBytes } = await probe.connect(address, login, { ...options, measure: true });
    expect(databaseBytes).toBeGreaterThan(10_000_000);
  });

  it('finds no worker of pg_durable where there is none', async () => {
    const { address, login } = server();
    const facts = await probe.connect(address, login, { ...options, durable: true });
    expect(facts.durableWorkerRunning).toBe(false);
  });

  it('finds the worker by its heartbeat while that is young, and by its sessions', async () => {
    const { address, login } = server();
    const ask = async () => (await probe.connect(address, login, { ...options, durable: true })).durableWorkerRunning;
    const client = new pg.Client(inject('postgresUrl'));
    await client.connect();
    try {
      await client.query(`CREATE SCHEMA df; CREATE TABLE df._worker_epoch (last_seen_at timestamptz)`);
      await client.query(`INSERT INTO df._worker_epoch VALUES (now() - interval '1 minute')`);
      expect(await ask()).toBe(false);
      // A server that has only just started has no older sign of life.
      await client.query(`UPDATE df._worker_epoch
        SET last_seen_at = greatest(now() - interval '5 seconds', pg_postmaster_start_time() + interval '1 ms')`);
      expect(await ask()).toBe(true);
      await client.query(`DROP SCHEMA df CASCADE; SET application_name = 'pg_durable:worker:1'`);
      expect(await ask()).toBe(true);
    } finally {
      await client.query('DROP SCHEMA IF EXISTS df CASCADE');
      await client.end();
    }
  });

  it('makes a login with a database of its own, again without effect, and sets right what it finds', async () => {
    const { address, login } = server();
    const owner = { username: 'a "quoted" owner', password: generatePassword() };
    const name = pg.escapeIdentifier(owner.username);
    const ask = (sql: string, values: string[] = []) => test.database.pool.query(sql, values);
    const asOwner = async (sql: string) => {
      const client = new pg.Client({
        ...address,
        user: owner.username,
        password: owner.password,
        database: owner.username,
      });
      await client.connect();
      return client.query(sql).finally(() => client.end());
    };
    try {
      await Promise.all([1, 2].map(() => probe.ensureOwner(address, login, owner, options)));
      await asOwner('CREATE SCHEMA mine; CREATE TABLE public.also_mine ()');
      await ask(`ALTER ROLE ${name} SUPERUSER NOCREATEDB PASSWORD 'another'`);
      await ask(`ALTER DATABASE ${name} OWNER TO CURRENT_USER`);
      await probe.ensureOwner(address, login, owner, options);
      const { rows } = await asOwner(`SELECT rolsuper, rolcreatedb, rolcreaterole, datdba = r.oid AS owns
        FROM pg_roles r, pg_database WHERE rolname = current_user AND datname = current_database()`);
      expect(rows).toEqual([{ rolsuper: false, rolcreatedb: true, rolcreaterole: true, owns: true }]);
      await expect.poll(sessions).toBe(0);
    } finally {
      await ask(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await ask(`DROP ROLE IF EXISTS ${name}`);
    }
  });

  it('sends the server no password of such a login, which it could log', async () => {
    const { address, login } = server();
    const owner = { username: 'unsaid_owner', password: generatePassword() };
    const said: Buffer[] = [];
    const between = createServer((near) => {
      const far = connect(address.port, address.host);
      near.on('data', (bytes) => said.push(bytes)).pipe(far);
      far.pipe(near);
      for (const socket of [near, far]) socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => between.once('listening', resolve));
    const { port } = between.address() as AddressInfo;
    try {
      await probe.ensureOwner({ host: '127.0.0.1', port }, login, owner, options);
      const text = Buffer.concat(said).toString('latin1');
      expect(text).toContain(`CREATE ROLE "unsaid_owner"`);
      expect(text).not.toContain(owner.password);
    } finally {
      await new Promise((resolve) => between.close(resolve));
      await test.database.pool.query('DROP DATABASE IF EXISTS unsaid_owner WITH (FORCE)');
      await test.database.pool.query('DROP ROLE IF EXISTS unsaid_owner');
    }
  });

  it('calls a refused login a failure, and repeats no password', async () => {
    const { address, login } = server();
    const error: unknown = await probe.connect(address, { ...login, password: 'open sesame' }, options).catch((e) => e);
    expect(error).toMatchObject({ code: 'STEP_FAILED', message: expect.stringContaining('refuses the login') });
    expect(inspect(error, { depth: 10 })).not.toContain('open sesame');
  });

  it('is not deceived by what a user put in the place of functions', async () => {
    const { address, login } = server();
    const shadow = `CREATE FUNCTION public.current_setting(text) RETURNS SETOF text LANGUAGE sql AS $$
      SELECT repeat('x', 1000) FROM generate_series(1, 1000000) $$`;
    const client = new pg.Client(inject('postgresUrl'));
    await client.connect();
    const role = pg.escapeIdentifier(login.username);
    try {
      await client.query(`BEGIN; ${shadow}; ALTER ROLE ${role} SET search_path = public, pg_catalog; COMMIT`);
      expect((await probe.connect(address, login, options)).serverVersion).toMatch(/^1\d/);
    } finally {
      await client.query(`ALTER ROLE ${role} RESET search_path; DROP FUNCTION IF EXISTS public.current_setting(text)`);
      await client.end();
    }
  });

  it.each([
    ['cleartext', message('R', int32(3))],
    ['MD5', message('R', int32(5), 'salt')],
  ])('tells no password to a server that asks for it by %s', async (_, greeting) => {
    const fake = await startFakePostgres(greeting);
    const failing = probe.connect(fake, { username: 'postgres', password: 'open sesame' }, options);
    await expect(failing).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('gives it away'),
    });
    await fake.stop();
    expect(Buffer.concat(fake.received).toString()).not.toContain('sesame');
  });

  it.each([
    ['500 MB in one message', () => Buffer.concat([Buffer.from('D'), int32(500 << 20)])],
    ['rows without an end', (socket: Socket) => void pour(socket)],
    ['a message that is none', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('ends with a server that answers with %s', async (_, answer) => {
    const fake = await startFakePostgres(LET_IN, (_said, socket) => answer(socket) ?? null);
    try {
      await expect(probe.connect(fake, { username: 'postgres', password: 'x' }, options)).rejects.toMatchObject({
        code: 'STEP_FAILED',
        message: expect.stringContaining('does not behave as PostgreSQL'),
      });
    } finally {
      await fake.stop();
    }
  });

  it('takes no answer that is not of its kind', async () => {
    const fake = await startFakePostgres(LET_IN, () => bound('x'.repeat(201)));
    try {
      await expect(probe.connect(fake, { username: 'postgres', password: 'x' }, options)).rejects.toMatchObject({
        code: 'STEP_FAILED',
        message: expect.stringContaining('something that cannot be: version'),
      });
    } finally {
      await fake.stop();
    }
  });

  it('calls silence and absence UNAVAILABLE, in time', async () => {
    const { login } = server();
    const nobody = { host: '127.0.0.1', port: await freePort() };
    await expect(probe.connect(nobody, login, options)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(probe.connect({ host: 'no-such-host.invalid', port: 5432 }, login, options)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    const mute = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const address = mute.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const silent = probe.connect({ host: '127.0.0.1', port }, login, { ...options, timeoutMs: 300 });
    await expect(silent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    mute.close();
  });
});
