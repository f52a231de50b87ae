import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OwnerConnection } from '../../../jobs/ports/platform/servers.ts';
import { AppError } from '../../../schema/errors.ts';
import { ownerContext } from '../../../src/secrets/owner-context.ts';
import { type HeldLease, takeLease } from '../../../src/stores/upkeep/leases.ts';
import { createConnectionTeller } from '../../../src/upkeep/health/tell-connections.ts';
import { captureLog } from '../../support/capture-log.ts';
import { insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const PLATFORM = 'kubernetes:test/ns';

let base: TestDatabase;
let lease: HeldLease;
let told: Map<string, OwnerConnection>;
let calls: string[];
let refusal: AppError | null;
let trusted: string;
let tell: (lease: HeldLease) => Promise<void>;
let messages: readonly string[];

beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base?.stop());
beforeEach(async () => {
  await base.database.pool.query('TRUNCATE cms.instances, cms.operations CASCADE');
  const held = await takeLease(base.database, { name: randomUUID(), holder: randomUUID(), forMs: 60_000 });
  if (held === null) throw new Error('the lease is free');
  lease = held;
  [told, calls, refusal, trusted] = [new Map(), [], null, 'an authority'];
  const captured = captureLog();
  messages = captured.messages;
  tell = createConnectionTeller({
    database: base.database,
    platform: {
      id: PLATFORM,
      ensureConnection: async ({ instanceId }, connection) => {
        calls.push(instanceId);
        if (refusal !== null) throw refusal;
        told.set(instanceId, connection);
      },
      removeConnection: async ({ resourceName }) => void calls.push(`remove ${resourceName}`),
    },
    secrets,
    readTrusted: async () => trusted,
    log: captured.log,
  });
});

const ENDPOINT = {
  host: 'shop-svc.ns.svc.cluster.local',
  port: 5432,
  dnsName: null,
  tls: 'shop-svc.ns.svc.cluster.local',
};

async function insert(values: Parameters<typeof insertInstance>[1] = {}): Promise<string> {
  const id = randomUUID();
  const encryptedOwnerPassword = secrets.encrypt('of the owner', ownerContext(id));
  const fields = {
    id,
    platform: PLATFORM,
    endpoint: ENDPOINT,
    encryptedOwnerPassword,
    connectionSecret: 'KEPT',
  } as const;
  return insertInstance(base.database, { ...fields, ...values });
}
const set = (id: string, change: string, ...values: unknown[]) =>
  base.database.pool.query(`UPDATE cms.instances SET ${change} WHERE id = $1`, [id, ...values]);

test('what programs find is told once, and again when any of it is another', async () => {
  const id = await insert();
  await tell(lease);
  await tell(lease);
  expect(calls).toEqual([id]);
  expect(told.get(id)).toEqual({
    host: ENDPOINT.host,
    port: 5432,
    username: 'app',
    password: 'of the owner',
    database: 'app',
    uri: `postgresql://app:of%20the%20owner@${ENDPOINT.host}:5432/app`,
    authorities: 'an authority',
  });
  await set(id, 'encrypted_owner_password = $2', secrets.encrypt('another', ownerContext(id)));
  await tell(lease);
  expect(told.get(id)?.password).toBe('another');
  await set(id, 'endpoint = $2', JSON.stringify({ ...ENDPOINT, port: 6543 }));
  await tell(lease);
  expect(told.get(id)?.port).toBe(6543);
  trusted = 'two authorities';
  await tell(lease);
  expect(told.get(id)?.authorities).toBe('two authorities');
  expect(calls).toHaveLength(4);
});

test('nothing is told of whom nobody asked it for, of who does not run, of another platform, or during an operation', async () => {
  await insert({ connectionSecret: null });
  await insert({ state: 'STOPPED' });
  await insert({ platform: 'kubernetes:test/other' });
  await insert({ encryptedOwnerPassword: null });
  const busy = await insert();
  await insertOperation(base.database, { instanceId: busy, state: 'RUNNING' });
  await tell(lease);
  expect(calls).toEqual([]);
});

test('it is taken back where it is not wanted any more, and forgotten', async () => {
  const id = await insert({ connectionSecret: 'GOING' });
  const stopped = await insert({ connectionSecret: 'GOING', state: 'STOPPED' });
  await tell(lease);
  await tell(lease);
  expect(calls).toHaveLength(2);
  const { rows } = await base.database.pool.query('SELECT connection_secret FROM cms.instances WHERE id = ANY($1)', [
    [id, stopped],
  ]);
  expect(rows).toEqual([{ connection_secret: null }, { connection_secret: null }]);
});

test('what stands in its way holds up no other, is said once, and is tried again', async () => {
  refusal = new AppError('CONFLICT', 'There is a Secret of somebody else.');
  const ids = [await insert(), await insert()].sort();
  await tell(lease);
  await tell(lease);
  expect([...calls].sort()).toEqual([...ids, ...ids].sort());
  expect(messages.filter((message) => message.includes('cannot be told'))).toHaveLength(2);
  refusal = null;
  await tell(lease);
  expect([...told.keys()].sort()).toEqual(ids);
});

test('who has not the duty any more tells nothing', async () => {
  await insert();
  await tell({ ...lease, fence: lease.fence + 1 });
  expect(calls).toEqual([]);
});
