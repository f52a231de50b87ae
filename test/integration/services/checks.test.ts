import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { AppError } from '../../../schema/errors.ts';
import { findReadiness } from '../../../src/services/checks/diagnostics.ts';
import { insertInstance } from '../../support/sample-rows.ts';
import { useChecksWorld } from './checks-world.ts';

const world = useChecksWorld();

describe('readiness', () => {
  it('asks for database, queue and blob store alone: without workers requests can still be served', async () => {
    const { database, queue, store, logger } = world.dependencies;
    const parts = { database, queue, store, logger };
    const findings = await findReadiness(parts, 'everything');
    expect(findings.map(({ name, ok }) => ({ name, ok }))).toEqual([
      { name: 'database', ok: true },
      { name: 'queue', ok: true },
      { name: 'blob store', ok: true },
    ]);
    const away = { check: () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })) };
    const [, broken] = await findReadiness({ ...parts, queue: away }, 'everything');
    expect(broken).toMatchObject({ ok: false, detail: expect.stringContaining('CMS database') });
  });

  it('names a blob store that does not answer, and for traffic does not ask it', async () => {
    const { database, queue, logger } = world.dependencies;
    const hanging = { check: () => new Promise<void>(() => undefined) };
    const parts = { database, queue, store: hanging, logger, timeoutMs: 200 };
    const [, , store] = await findReadiness(parts, 'everything');
    expect(store).toMatchObject({ name: 'blob store', ok: false });
    const forTraffic = await findReadiness(parts, 'traffic');
    expect(forTraffic.map(({ name, ok }) => ({ name, ok }))).toEqual([
      { name: 'database', ok: true },
      { name: 'queue', ok: true },
    ]);
  });
});

describe('what a server says of itself', () => {
  it('has the majors that the platform offers now, newest first', async () => {
    world.offer([
      { version: '15', imageTypes: ['STOCK'] },
      { version: '17', imageTypes: ['STOCK', 'PG_DURABLE'] },
    ]);
    expect(await world.checksWith().server()).toEqual({ ...world.dependencies.facts, postgresVersions: ['17', '15'] });
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
    expect(await world.checksWith({ probe: { connect } }).connection(instanceId)).toEqual({
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
    const finding = await world
      .checksWith({ probe: { connect: () => Promise.reject(refused) } })
      .connection(instanceId);
    expect(finding).toMatchObject({
      ok: false,
      serverVersion: null,
      failure: { code: 'STEP_FAILED', message: 'password authentication failed' },
    });
  });

  it('tells why there is nothing to connect to, and what to do', async () => {
    for (const [state, words] of [
      ['CREATING', 'wait'],
      ['STOPPED', 'start it'],
      ['RUNNING', 'no address yet'],
      ['FAILED', 'no server'],
      ['DELETED', 'no server'],
    ] as const) {
      const instanceId = await insertInstance(world.database, { state });
      const { ok, failure } = await world.checksWith().connection(instanceId);
      expect(ok).toBe(false);
      expect(failure?.message).toMatch(new RegExp(`is ${state}.*${words}`));
    }
  });

  it('is NOT_FOUND for an unknown id, and for what is none', async () => {
    for (const id of [randomUUID(), 'none', '']) {
      const refused = { code: 'NOT_FOUND', details: { field: 'instanceId' } };
      await expect(world.checksWith().connection(id)).rejects.toMatchObject(refused);
    }
  });
});
