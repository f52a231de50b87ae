import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { workers } from '../../../drizzle/tables/index.ts';
import { describeBrokenLink } from '../../../jobs/preflight/broken-links.ts';
import { AppError } from '../../../schema/errors.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { recordDrift } from '../../../src/stores/upkeep/drift.ts';
import { healthLeaseName, takeLease } from '../../../src/stores/upkeep/leases.ts';
import { freePort } from '../../support/free-port.ts';
import { insertInstance, insertOperation, PLATFORM } from '../../support/sample-rows.ts';
import { type ChecksDependencies, useChecksWorld } from './checks-world.ts';

const world = useChecksWorld();

async function liveWorker(values: Partial<typeof workers.$inferInsert> = {}): Promise<void> {
  const workflows = [{ name: 'create-image', version: '1.0.0', steps: [{ name: 'Back up', weight: 1 }] }];
  await world.database.orm.insert(workers).values({
    id: randomUUID(),
    platform: PLATFORM,
    host: hostname(),
    pid: process.pid,
    release: '0.1.0',
    workflows,
    ...values,
  });
  await takeLease(world.database, { name: healthLeaseName(PLATFORM), holder: randomUUID(), forMs: 60_000 });
}

/** The links that are broken, by name, with the detail. */
async function brokenLinks(change: Partial<ChecksDependencies> = {}): Promise<Record<string, string>> {
  const findings = await world.checksWith(change).diagnostics();
  expect(findings.map((one) => one.name)).toEqual([
    'database',
    'queue',
    'blob store',
    'notifications',
    'platform',
    'workers',
    'workflow versions',
    'health',
    'sources',
    'drift',
    'alerts',
    'preflight',
  ]);
  for (const { ok, detail, remedy } of findings) {
    expect(detail).toMatch(/\.$/);
    expect(remedy === null).toBe(ok);
  }
  return Object.fromEntries(findings.filter((one) => !one.ok).map((one) => [one.name, one.detail]));
}

async function findingOf(link: string) {
  const finding = (await world.checksWith().diagnostics()).find(({ name }) => name === link);
  if (finding === undefined) throw new Error(`no link ${link}`);
  return finding;
}

describe('diagnostics', () => {
  it('find nothing to mend where all is well, and say what is there', async () => {
    await liveWorker();
    await insertOperation(world.database, { state: 'RUNNING' });
    expect(await brokenLinks()).toEqual({});
    const details = (await world.checksWith().diagnostics()).map((one) => one.detail).join('\n');
    expect(details).toMatch(/PostgreSQL \d+\.\d+.* answered in/);
    expect(details).toContain('17 (stock, pg durable)');
    expect(details).toContain(`${hostname()}:${process.pid}`);
  });

  it('miss live workers of this platform: silent ones and those of another do not count', async () => {
    await liveWorker({ seenAt: new Date(Date.now() - 60_000) });
    await liveWorker({ platform: 'kubernetes:prod/toygres' });
    const broken = await brokenLinks();
    expect(Object.keys(broken)).toEqual(['workers']);
    expect(broken.workers).toContain(PLATFORM);
  });

  it('name the workflow versions that operations wait for in vain, counted, of this platform alone', async () => {
    await liveWorker();
    await insertOperation(world.database, { state: 'RUNNING', workflowVersion: '0.9.0' });
    await insertOperation(world.database, { state: 'QUEUED', workflowVersion: '0.9.0' });
    await insertOperation(world.database, { state: 'FAILED', workflowVersion: '0.8.0' });
    await insertOperation(world.database, { state: 'QUEUED', workflowVersion: '0.7.0', platform: 'local:other' });
    expect(await brokenLinks()).toEqual({
      'workflow versions': 'No live worker has create-image 0.9.0 (2 operations).',
    });
  });

  it('name the running instances that are UNHEALTHY, and miss whoever should check them', async () => {
    await liveWorker();
    const { database } = world;
    await insertInstance(database, { name: 'well', health: 'HEALTHY' });
    expect(await brokenLinks()).toEqual({});
    await insertInstance(database, { name: 'orders', health: 'UNHEALTHY' });
    await insertInstance(database, { name: 'others', health: 'UNHEALTHY', platform: 'local:other' });
    expect(await brokenLinks()).toEqual({ health: '1 of 2 running instances are unhealthy: orders.' });
    await database.pool.query('DELETE FROM cms.leases');
    expect((await brokenLinks()).health).toContain(`No process checks the instances of ${PLATFORM}`);
  });

  it('name the running instances of which images would wait or fail, and why', async () => {
    await liveWorker();
    const endpoint = { host: '127.0.0.1', port: 1, dnsName: null };
    await insertInstance(world.database, { name: 'orders', health: 'HEALTHY', endpoint });
    expect(await findingOf('sources')).toMatchObject({ ok: true, detail: expect.stringContaining('1 of 1 running') });
    const order = {
      connections: 100,
      freeConnections: 2,
      locks: 6_400,
      tables: 9_000,
      prepared: 1,
      holding: 0,
      closed: 1,
    };
    const checks = world.checksWith({ orders: { readOrder: async () => order } });
    const finding = (await checks.diagnostics()).find(({ name }) => name === 'sources');
    expect(finding).toMatchObject({ ok: false });
    expect(finding?.detail).toMatch(
      /orders: 1 prepared transaction is open.*ROLLBACK PREPARED.*; 2 of 100 connections are free.*; a database has 9000 tables.*6400 locks.*; 1 database takes no connections/,
    );
    const gone = world.checksWith({ orders: { readOrder: () => Promise.reject(new Error('nobody answers')) } });
    expect((await gone.diagnostics()).find(({ name }) => name === 'sources')).toMatchObject({
      ok: true,
      detail: expect.stringContaining('0 of 1 running'),
    });
  });

  it('name and count nothing that is outside of a scope', async () => {
    await liveWorker();
    const endpoint = { host: '127.0.0.1', port: 1, dnsName: null };
    const { database } = world;
    const shop = { team: 'shop' };
    const own = await insertInstance(database, { name: 'orders', health: 'UNHEALTHY', endpoint, labels: shop });
    const other = await insertInstance(database, { name: 'billing', health: 'UNHEALTHY', endpoint });
    for (const instanceId of [own, other]) {
      await database.pool.query(
        `INSERT INTO cms.alerts (id, platform, kind, severity, thing, instance_id, message, opened_at)
         VALUES (gen_random_uuid(), $1, 'INSTANCE_UNHEALTHY', 'CRITICAL', $2::text, $2::uuid, 'it does not answer', now())`,
        [PLATFORM, instanceId],
      );
    }
    const order = { connections: 9, freeConnections: 9, locks: 9, tables: 0, prepared: 1, holding: 0, closed: 0 };
    const checks = world.checksWith({ orders: { readOrder: async () => order } });
    const told = async (scope?: Record<string, string>) =>
      Object.fromEntries((await checks.diagnostics(scope)).map((one) => [one.name, one.detail]));
    const all = await told();
    expect(all.health).toBe('2 of 2 running instances are unhealthy: billing, orders.');
    expect(all.sources).toMatch(/billing: 1 prepared.* orders: 1 prepared/);
    expect(all.alerts).toBe('Alerts are open: instance unhealthy (2).');
    const within = await told(shop);
    expect(within.health).toBe('1 of 1 running instances are unhealthy: orders.');
    expect(within.sources).toMatch(/^Images of these would wait or fail. orders: 1 prepared/);
    expect(within.sources).not.toContain('billing');
    expect(within.alerts).toBe('Alerts are open: instance unhealthy (1).');
    expect(await told({ team: 'nobody' })).toMatchObject({
      health: 'None of 0 running instances is unhealthy.',
      sources: 'Nothing stands in the way of images of 0 of 0 running instances.',
      alerts: 'No alert is open.',
    });
    // People read it as it is, who do not know what the API calls its values and queries.
    for (const { detail, remedy } of await checks.diagnostics()) {
      const said = `${detail} ${remedy ?? ''}`.replaceAll(/(TOYGRES|AZURE|DATABASE)_\w*|ROLLBACK PREPARED/g, '');
      expect(said).not.toMatch(
        /\b[A-Z]+_[A-Z]+\b|\b(UNHEALTHY|HEALTHY|RUNNING|STOPPED|QUEUED|STOCK)\b|\b[a-z]+[A-Z]\w*/,
      );
    }
    await database.pool.query('DELETE FROM cms.alerts');
  });

  it('tell of what differs from the records and needs a look, not of what is cleaned up by itself', async () => {
    await liveWorker();
    const common = { kind: 'VOLUME', namespace: 'test', ownerId: null, reason: 'left over' } as const;
    const pending = { ...common, name: 'a-pvc', state: 'PENDING' } as const;
    await recordDrift(world.database, PLATFORM, ['VOLUME'], [pending]);
    expect(await brokenLinks()).toEqual({});
    await recordDrift(world.database, PLATFORM, ['VOLUME'], [pending, { ...common, name: 'b-pvc', state: 'REPORTED' }]);
    expect((await brokenLinks()).drift).toMatch(/^1 things differ.*1 leftovers wait/);
  });

  it('show how the last preflight of each namespace ended, with the remedy that it named', async () => {
    await liveWorker();
    expect(await findingOf('preflight')).toMatchObject({
      ok: true,
      known: false,
      detail: 'None has been run yet: a preflight tries all that jobs depend on.',
    });
    const run = async (namespace: string, state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED', at: string, message = '') => {
      const values = { kind: 'PREFLIGHT', state, finishedAt: new Date(at) } as const;
      const failure = state === 'SUCCEEDED' ? null : { code: 'STEP_FAILED', message, step: 'Check the identity' };
      const id = await insertOperation(world.database, { ...values, failure });
      const input = JSON.stringify({ namespace, postgresVersion: '17' });
      await world.database.pool.query('UPDATE cms.operations SET input = $2 WHERE id = $1', [id, input]);
    };
    const broken = { link: 'container', detail: 'The container is missing', remedy: 'Make it.' };
    await run('toygres-managed', 'FAILED', '2026-03-01T10:00:00Z', describeBrokenLink(broken));
    await run('toygres-managed', 'CANCELLED', '2026-03-01T12:00:00Z', 'cancelled');
    await run('further', 'SUCCEEDED', '2026-03-01T09:00:00Z');
    expect(await findingOf('preflight')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/toygres-managed.*failed\. Broken link: container\. The container is missing\.$/),
      remedy: 'Make it.',
    });
    await run('toygres-managed', 'SUCCEEDED', '2026-03-01T11:00:00Z');
    expect(await findingOf('preflight')).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/further.*nothing broken.*2026-03-01T11:00:00.000Z in toygres-managed/),
    });
  });

  it('pass on what a broken link says, and hide what was not meant for users', async () => {
    await liveWorker();
    const refused = new AppError('UNAVAILABLE', 'The container "images" does not exist.');
    const broken = await brokenLinks({
      store: { check: () => Promise.reject(refused) },
      queue: { check: () => Promise.reject(new Error('password=hunter2')) },
    });
    expect(broken['blob store']).toBe(refused.message);
    expect(broken.queue).toContain("server's log");
    expect(JSON.stringify(broken)).not.toContain('hunter2');
  });

  it('say so when the platform has no PostgreSQL, or does not answer', async () => {
    await liveWorker();
    world.offer([]);
    expect((await brokenLinks()).platform).toContain('no PostgreSQL');
    world.offer(new AppError('UNAVAILABLE', 'The cluster does not answer.'));
    expect((await brokenLinks()).platform).toBe('The cluster does not answer.');
  });

  it('are answered in time when a link hangs', async () => {
    await liveWorker();
    const hanging = { check: () => new Promise<void>(() => undefined) };
    expect(await brokenLinks({ store: hanging, timeoutMs: 300 })).toEqual({ 'blob store': 'No answer within 0.3 s.' });
  });

  it('work without the database: all that lives there is broken, the rest is not', async () => {
    const url = `postgresql://postgres:hunter2@127.0.0.1:${await freePort()}/x`;
    const database = openDatabase({ url });
    const broken = await brokenLinks({ database });
    expect(Object.keys(broken)).toEqual([
      'database',
      'workers',
      'workflow versions',
      'health',
      'sources',
      'drift',
      'alerts',
      'preflight',
    ]);
    expect(JSON.stringify(broken)).not.toContain('hunter2');
    await database.stop();
  });
});
