import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ServerStatus } from '../../../jobs/ports/platform/servers.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createInstanceRecords } from '../../../src/stores/instances/records.ts';
import { readHealthSummary } from '../../../src/stores/upkeep/health-summary.ts';
import { type HeldLease, takeLease } from '../../../src/stores/upkeep/leases.ts';
import { settleStopped } from '../../../src/upkeep/health/settle-stopped.ts';
import { insertInstance, insertOperation, PLATFORM, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
let lease: HeldLease;
let status: ServerStatus;
let done: string[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  const taken = await takeLease(test.database, { name: 'a duty', holder: randomUUID(), forMs: 600_000 });
  if (taken === null) throw new Error('the lease is free');
  lease = taken;
});
afterEach(async () => {
  await test.database.pool.query('TRUNCATE cms.instances, cms.operations CASCADE');
});
afterAll(() => test?.stop());

const shown = (phase: ServerStatus['phase'], change: Partial<ServerStatus> = {}): ServerStatus => ({
  phase,
  endpoint: { host: 'shop-svc', port: 5432, dnsName: null },
  insideAddress: null,
  detail: null,
  ...change,
});

/** One look at all that is STOPPED, on a platform that shows this of every server; gives what was done there. */
async function look(now: ServerStatus, kind: 'local' | 'kubernetes' = 'kubernetes'): Promise<readonly string[]> {
  status = now;
  done = [];
  const note = (what: string) => async () => void done.push(what);
  await settleStopped(
    {
      database: test.database,
      platform: {
        kind,
        id: PLATFORM,
        readServer: async () => status,
        stopServer: note('stop'),
        ensureSecret: async (_spec, { password }) => void done.push(`secret ${password === '' ? 'empty' : 'recorded'}`),
        ensureConfiguration: note('configuration'),
        ensureServer: async ({ operationId }) => void done.push(`server for ${operationId}`),
      },
      instances: createInstanceRecords(test.database, secrets),
      secrets,
      log: createLogger('silent'),
    },
    lease,
  );
  return done;
}

const stateOf = async (id: string) =>
  (await test.database.pool.query<{ state: string }>('SELECT state FROM cms.instances WHERE id = $1', [id])).rows[0]
    ?.state;

async function stopped(kind: 'START_INSTANCE' | 'RESTART_INSTANCE' | 'STOP_INSTANCE', state: 'FAILED' | 'SUCCEEDED') {
  const id = await insertInstance(test.database, { state: 'STOPPED' });
  const operationId = await insertOperation(test.database, { instanceId: id, kind, state });
  return { id, operationId };
}

it('whose start has failed is given what it lacks while it does not run, and is recorded RUNNING when it does', async () => {
  const { id, operationId } = await stopped('RESTART_INSTANCE', 'FAILED');
  expect((await readHealthSummary(test.database, PLATFORM)).wanted).toHaveLength(1);
  expect(await look(shown('STARTING'))).toEqual(['secret recorded', 'configuration', `server for ${operationId}`]);
  expect(await look(shown('FAILED'), 'local')).toEqual([]);
  expect(await stateOf(id)).toBe('STOPPED');
  expect(await look(shown('READY'))).toEqual([]);
  expect(await stateOf(id)).toBe('RUNNING');
  expect((await readHealthSummary(test.database, PLATFORM)).wanted).toEqual([]);
});

it('that was stopped and runs is stopped again, where the records know who had it run', async () => {
  const { id, operationId } = await stopped('STOP_INSTANCE', 'SUCCEEDED');
  expect(await look(shown('READY', { askedBy: operationId }))).toEqual(['stop']);
  expect(await look(shown('READY', { askedBy: randomUUID() }))).toEqual([]);
  expect(await look(shown('READY'))).toEqual([]);
  expect(await stateOf(id)).toBe('STOPPED');
});

it('that is stopped is left alone, and so is one that an operation works on', async () => {
  const { id, operationId } = await stopped('START_INSTANCE', 'FAILED');
  for (const phase of ['STOPPED', 'STOPPING', 'ABSENT'] as const) expect(await look(shown(phase))).toEqual([]);
  await insertOperation(test.database, {
    instanceId: id,
    kind: 'START_INSTANCE',
    state: 'QUEUED',
    excludesOnInstance: true,
  });
  expect(await look(shown('READY', { askedBy: operationId }))).toEqual([]);
  expect(await stateOf(id)).toBe('STOPPED');
});
