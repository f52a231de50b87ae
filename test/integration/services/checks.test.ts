import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';
import { workers } from '../../../drizzle/tables/index.ts';
import { describeBrokenLink } from '../../../jobs/parts/preflight-links.ts';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { AppError } from '../../../schema/errors.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createChecks } from '../../../src/services/checks.ts';
import { findReadiness } from '../../../src/services/diagnostics.ts';
import { recordDrift } from '../../../src/stores/drift-rows.ts';
import { createInstanceRecords } from '../../../src/stores/instance-records.ts';
import { healthLeaseName, takeLease } from '../../../src/stores/leases.ts';
import { freePort } from '../../support/free-port.ts';
import { insertInstance, insertOperation, PLATFORM, secrets } from '../../support/sample-rows.ts';
import { type CommandWorld, useCommandWorld } from './command-world.ts';

let world: CommandWorld;
useCommandWorld((made) => {
  world = made;
});
beforeEach(async () => {
  await world.database.pool.query('TRUNCATE cms.workers, cms.operations, cms.instances, cms.drift, cms.leases CASCADE');
});

type Dependencies = Parameters<typeof createChecks>[0];

function checksWith(change: Partial<Dependencies> = {}) {
  return createChecks({
    database: world.database,
    instances: createInstanceRecords(world.database, secrets),
    probe: {
      connect: async () => ({ serverVersion: '15.18', latencyMs: 1.5, durableWorkerRunning: null }),
    },
    queue: { check: async () => undefined },
    store: { check: async () => undefined },
    platform: world.platform,
    logger: createLogger('silent'),
    ...change,
  });
}

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
async function brokenLinks(change: Partial<Dependencies> = {}): Promise<Record<string, string>> {
  const findings = await checksWith(change).diagnostics();
  expect(findings.map((one) => one.name)).toEqual([
    'database',
    'queue',
    'blob store',
    'platform',
    'workers',
    'workflow versions',
    'health',
    'drift',
    'preflight',
  ]);
  for (const { ok, detail, remedy } of findings) {
    expect(detail).toMatch(/\.$/);
    expect(remedy === null).toBe(ok);
  }
  return Object.fromEntries(findings.filter((one) => !one.ok).map((one) => [one.name, one.detail]));
}

async function findingOf(link: string) {
  const finding = (await checksWith().diagnostics()).find(({ name }) => name === link);
  if (finding === undefined) throw new Error(`no link ${link}`);
  return finding;
}

describe('diagnostics', () => {
  it('find nothing to mend where all is well, and say what is there', async () => {
    await liveWorker();
    await insertOperation(world.database, { state: 'RUNNING' });
    expect(await brokenLinks()).toEqual({});
    const details = (await checksWith().diagnostics()).map((one) => one.detail).join('\n');
    expect(details).toMatch(/PostgreSQL \d+\.\d+.* answered in/);
    expect(details).toContain('17 (STOCK, PG_DURABLE)');
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
    expect(await brokenLinks()).toEqual({ health: '1 of 2 running instances are UNHEALTHY: orders.' });
    await database.pool.query('DELETE FROM cms.leases');
    expect((await brokenLinks()).health).toContain(`No process checks the instances of ${PLATFORM}`);
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
    expect((await findingOf('preflight')).detail).toContain('runPreflight');
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
    expect(Object.keys(broken)).toEqual(['database', 'workers', 'workflow versions', 'health', 'drift', 'preflight']);
    expect(JSON.stringify(broken)).not.toContain('hunter2');
    await database.stop();
  });
});

describe('readiness', () => {
  it('asks for database, queue and blob store alone: without workers requests can still be served', async () => {
    const parts = {
      database: world.database,
      queue: { check: async () => undefined },
      store: { check: async () => undefined },
      logger: createLogger('silent'),
    };
    const findings = await findReadiness(parts);
    expect(findings.map(({ name, ok }) => ({ name, ok }))).toEqual([
      { name: 'database', ok: true },
      { name: 'queue', ok: true },
      { name: 'blob store', ok: true },
    ]);
    const away = { check: () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })) };
    const [, queue] = await findReadiness({ ...parts, queue: away });
    expect(queue).toMatchObject({ ok: false, detail: expect.stringContaining('CMS database') });
  });
});

describe('a connection check', () => {
  const endpoint = { host: '127.0.0.1', port: 5433, dnsName: 'orders.example' };

  it('connects where clients do, with the password of the instance', async () => {
    const instanceId = await insertInstance(world.database, { name: 'probed', endpoint, imageType: 'PG_DURABLE' });
    const asked: Parameters<ServerProbe['connect']>[] = [];
    const connect: ServerProbe['connect'] = async (...given) => {
      asked.push(given);
      return { serverVersion: '17.2', latencyMs: 2, durableWorkerRunning: true };
    };
    expect(await checksWith({ probe: { connect } }).connection(instanceId)).toEqual({
      ok: true,
      serverVersion: '17.2',
      latencyMs: 2,
      durableWorkerRunning: true,
      failure: null,
    });
    expect(asked).toEqual([
      [
        { host: '127.0.0.1', port: 5433 },
        { username: 'postgres', password: 'password of probed' },
        { timeoutMs: 10_000, durable: true },
      ],
    ]);
  });

  it('finds a refused login, and is no error', async () => {
    const instanceId = await insertInstance(world.database, { endpoint });
    const refused = new AppError('STEP_FAILED', 'password authentication failed');
    const finding = await checksWith({ probe: { connect: () => Promise.reject(refused) } }).connection(instanceId);
    expect(finding).toMatchObject({
      ok: false,
      serverVersion: null,
      failure: { code: 'STEP_FAILED', message: 'password authentication failed' },
    });
  });

  it('tells why there is nothing to connect to, and what to do', async () => {
    for (const [state, words] of [
      ['CREATING', 'wait'],
      ['STOPPED', 'startInstance'],
      ['RUNNING', 'no address yet'],
      ['FAILED', 'no server'],
      ['DELETED', 'no server'],
    ] as const) {
      const instanceId = await insertInstance(world.database, { state });
      const { ok, failure } = await checksWith().connection(instanceId);
      expect(ok).toBe(false);
      expect(failure?.message).toMatch(new RegExp(`is ${state}.*${words}`));
    }
  });

  it('is NOT_FOUND for an unknown id, and for what is none', async () => {
    for (const id of [randomUUID(), 'none', '']) {
      const refused = { code: 'NOT_FOUND', details: { field: 'instanceId' } };
      await expect(checksWith().connection(id)).rejects.toMatchObject(refused);
    }
  });
});
