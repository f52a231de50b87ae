import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Platform } from '../../jobs/ports/platform/platform.ts';
import type { ServerSpec } from '../../jobs/ports/platform/servers.ts';
import { eventually } from '../support/eventually.ts';
import type { PlatformHarness } from '../support/job-bench.ts';
import { collect, serverSpec } from '../support/platform-specs.ts';

const PASSWORD = `it's "quoted" \\ $(and) strange`;

async function create(platform: Platform, spec: ServerSpec): Promise<void> {
  await platform.ensureVolume(spec);
  await platform.ensureSecret(spec, { username: 'postgres', password: PASSWORD });
  await platform.ensureConfiguration(spec);
  await platform.ensureServer(spec);
}

const untilReady = (platform: Platform, spec: ServerSpec) =>
  eventually(
    () => platform.readServer(spec),
    (status) => status.phase === 'READY',
    300_000,
  );

async function clientOf(harness: PlatformHarness, spec: ServerSpec, password = PASSWORD): Promise<pg.Client> {
  const { endpoint } = await harness.platform.readServer(spec);
  if (endpoint === null) throw new Error('the server has no endpoint');
  const { host, port } = (await harness.addressOf?.(endpoint)) ?? endpoint;
  return new pg.Client({ host, port, user: 'postgres', password, database: 'postgres' });
}

async function ask(harness: PlatformHarness, spec: ServerSpec, sql: string, password = PASSWORD): Promise<unknown> {
  const client = await clientOf(harness, spec, password);
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

async function remove(platform: Platform, spec: ServerSpec): Promise<void> {
  await platform.removeServer(spec);
  await platform.removeConfiguration(spec);
  await platform.removeSecret(spec);
  await platform.removeVolume(spec);
}

const tail = (tailLines: number | null) => ({
  tailLines,
  since: null,
  follow: false,
  signal: new AbortController().signal,
});

/** What a platform promises of servers. */
export function platformServerContract(start: () => Promise<PlatformHarness>): void {
  describe('servers', () => {
    let harness: PlatformHarness;
    let platform: Platform;
    const spec = serverSpec();

    beforeAll(async () => {
      harness = await start();
      platform = harness.platform;
    });
    afterAll(() => harness.stop());

    test('a server of which nothing is there is ABSENT', async () => {
      expect(await platform.readServer(spec)).toMatchObject({ phase: 'ABSENT', endpoint: null });
    });

    test('offers at least one version, the newest first', async () => {
      const offers = await platform.readOffers();
      const versions = offers.map((offer) => Number(offer.version));
      expect(versions).toEqual([...versions].sort((a, b) => b - a));
      expect(offers.find((offer) => offer.version === '15')?.imageTypes).toContain('STOCK');
    });

    test('a version that the platform has not is refused with those that it has', async () => {
      const unknown = serverSpec({ postgresVersion: '9' });
      await expect(create(platform, unknown)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(/PostgreSQL 9 .*15/s),
      });
      await remove(platform, unknown);
    });

    test('a new server becomes READY and lets in whoever knows the password', async () => {
      await create(platform, spec);
      await untilReady(platform, spec);
      expect(await ask(harness, spec, 'SHOW server_encoding')).toBe('UTF8');
      expect(await ask(harness, spec, 'SHOW data_checksums')).toBe('on');
      await expect(ask(harness, spec, 'SELECT 1', 'wrong')).rejects.toMatchObject({ code: '28P01' });
    });

    test('making everything again adopts it: data, password and address stay', async () => {
      await ask(harness, spec, 'CREATE TABLE kept AS SELECT 42 AS answer');
      const before = await platform.readServer(spec);
      await create(platform, spec);
      await platform.ensureSecret(spec, { username: 'postgres', password: 'another one' });
      expect(await platform.readServer(spec)).toEqual(before);
      expect(await ask(harness, spec, 'SELECT answer FROM kept')).toBe(42);
    });

    test('every object says which record it belongs to', async () => {
      const ours = (await platform.listObjects()).filter((object) => object.ownerId === spec.instanceId);
      expect(ours.map((object) => object.kind).sort()).toEqual(['configuration', 'secret', 'server', 'volume']);
      expect(ours.every((object) => object.name.startsWith(spec.resourceName))).toBe(true);
    });

    test('the volume of a running server is not removed', async () => {
      await expect(platform.removeVolume(spec)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await ask(harness, spec, 'SELECT answer FROM kept')).toBe(42);
    });

    test('a password that nobody knows any more is set anew without it, and no connection is cut', async () => {
      const client = await clientOf(harness, spec);
      client.on('error', () => undefined);
      await client.connect();
      await client.query(`ALTER ROLE postgres PASSWORD 'nobody knows' VALID UNTIL '2001-01-01'`);
      await expect(ask(harness, spec, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
      const secret = { username: 'postgres', password: PASSWORD };
      // Asked again meanwhile, it is the same.
      await eventually(
        async () => {
          await platform.ensureLogin(spec, secret);
          return ask(harness, spec, 'SELECT 1').catch(() => 0);
        },
        (answer) => answer === 1,
        300_000,
      );
      expect((await client.query('SELECT answer FROM kept')).rows).toEqual([{ answer: 42 }]);
      await client.end();
      await platform.ensureSecret(spec, secret);
      expect(await ask(harness, spec, `SELECT rolvaliduntil::text FROM pg_roles WHERE rolname = 'postgres'`)).toBe(
        'infinity',
      );
      await expect(ask(harness, spec, 'SELECT 1', 'wrong')).rejects.toMatchObject({ code: '28P01' });
    });

    test('a password of a server that does not run is not set', async () => {
      const stopped = serverSpec();
      const login = { username: 'postgres', password: PASSWORD };
      await platform.ensureVolume(stopped);
      await platform.ensureSecret(stopped, login);
      await platform.ensureConfiguration(stopped);
      await expect(platform.ensureLogin(stopped, login)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await remove(platform, stopped);
    });

    test('stopped with a client connected it is STOPPED, and started again it has its data', async () => {
      const client = await clientOf(harness, spec);
      const cut = new Promise((resolve) => client.on('error', resolve));
      await client.connect();
      await platform.stopServer(spec);
      await cut;
      expect(await platform.readServer(spec)).toMatchObject({ phase: 'STOPPED', endpoint: null });
      await platform.stopServer(spec);
      await platform.ensureServer(spec);
      await untilReady(platform, spec);
      expect(await ask(harness, spec, 'SELECT answer FROM kept')).toBe(42);
    });

    test('its log can be read from the end', async () => {
      await ask(harness, spec, 'SELECT 1/0').catch(() => undefined);
      const find = async () => (await collect(platform.followServerLogs(spec, tail(20)))).map((line) => line.text);
      const lines = await eventually(find, (texts) => texts.some((text) => text.includes('division by zero')));
      expect(lines.length).toBeLessThanOrEqual(20);
      const two = await collect(platform.followServerLogs(spec, tail(2)));
      expect(two.map((line) => line.line)).toEqual([1, 2]);
      expect(two.map((line) => line.text)).toEqual((await find()).slice(-2));
      expect(await collect(platform.followServerLogs(spec, tail(0)))).toEqual([]);
    });

    test('its log can be followed while it is written', async () => {
      const leaving = new AbortController();
      const follow = { tailLines: 0, since: null, follow: true, signal: leaving.signal };
      const lines = platform.followServerLogs(spec, follow)[Symbol.asyncIterator]();
      let first: { text: string } | null = null;
      const reading = lines.next().then(({ value }) => (first = value));
      // What was said before the log is open is not asked for, and nothing tells when it is.
      const sayAgain = async () => {
        await ask(harness, spec, `DO $$ BEGIN RAISE LOG 'seen by the follower'; END $$`);
        return first;
      };
      await eventually(sayAgain, (line) => line !== null);
      expect(await reading).toMatchObject({ text: expect.stringContaining('seen by the follower') });
      leaving.abort();
      await eventually(
        () => lines.next(),
        (next) => next.done === true,
      );
    });

    test('following ends when the server is removed; removing everything twice succeeds and leaves nothing', async () => {
      const follow = { tailLines: 1, since: null, follow: true, signal: new AbortController().signal };
      const followed = collect(platform.followServerLogs(spec, follow));
      await remove(platform, spec);
      expect((await followed).length).toBeGreaterThan(0);
      await remove(platform, spec);
      expect(await platform.readServer(spec)).toMatchObject({ phase: 'ABSENT', endpoint: null });
      const left = (await platform.listObjects()).filter((object) => object.ownerId === spec.instanceId);
      expect(left).toEqual([]);
    });

    test('two callers at once make one server', async () => {
      const shared = serverSpec();
      await Promise.all([create(platform, shared), create(platform, shared)]);
      await untilReady(platform, shared);
      expect(await ask(harness, shared, 'SELECT 1')).toBe(1);
      await remove(platform, shared);
    });
  });
}
