import { connect, type Toygres } from '../../src/client/connect.ts';
import { holdTable } from '../support/e2e-data.ts';
import { listBlobs, openImages, query, readRecordsLogin } from '../support/e2e-home-services.ts';
import type { E2eHome, E2eServer } from '../support/e2e-server.ts';
import type { ServerLogin } from '../support/server-facts.ts';
import { DATABASES, ORPHANS } from './databases.ts';
import { HEALTH_OF_A_DAY, IMAGES_OF_NIGHTS, NIGHTS, NIGHTS_OF_DRILLS, RUNS_OF_NIGHTS } from './history.ts';

/** What pictures are taken of, by its names. */
export interface Fleet {
  readonly ids: Readonly<Record<string, string>>;
  /** Ends what is kept waiting for the pictures. */
  release(): Promise<void>;
}

const LABELS = (team: string, tier: string) => [
  { key: 'team', value: team },
  { key: 'tier', value: tier },
];

/** Servers of some teams with data in them: labels, storage in GiB. */
const INSTANCES = {
  shop: { labels: LABELS('shop', 'gold'), storageGib: 40, deletionProtection: true },
  billing: { labels: LABELS('finance', 'gold'), storageGib: 20, deletionProtection: true },
  analytics: { labels: LABELS('data', 'silver'), storageGib: 100 },
  crm: { labels: LABELS('sales', 'gold'), storageGib: 20 },
  'shop-staging': { labels: LABELS('shop', 'bronze'), storageGib: 10 },
} as const;

type Name = keyof typeof INSTANCES;

/**
 * Fills a server as a month of work would have: servers with data, images of every night, drills, an image that failed, a
 * restore with findings, one that was cancelled and one that runs. All of it is made by the API and true but for the nights
 * before this one, which are copies of this one's records.
 */
export async function makeFleet(home: E2eHome, server: E2eServer, hook: string): Promise<Fleet> {
  await using toygres = connect({ url: server.url ?? '', token: server.token });
  const ids: Record<string, string> = {};
  const logins = new Map<string, ServerLogin>();
  for (const name of Object.keys(INSTANCES) as Name[]) {
    const { instance, operation } = await toygres.createInstance({ name, ...INSTANCES[name] });
    await toygres.waitForOperation(operation);
    ids[name] = instance.id;
    const login = await readLogin(toygres, instance.id);
    logins.set(name, login);
    for (const [database, statements] of Object.entries(DATABASES[name])) {
      if (database !== 'postgres') await query(login, 'postgres', `CREATE DATABASE ${database}`);
      await query(login, database, statements);
    }
  }
  const schedules = await makeSchedules(toygres, ids, hook);
  for (const name of ['shop', 'billing', 'analytics', 'crm'] as const) {
    const { image, operation } = await toygres.createImage({
      name: `${name}-tonight`,
      instanceId: ids[name] ?? '',
      labels: [...INSTANCES[name].labels],
      ...(name === 'analytics' ? { method: 'PHYSICAL' } : {}),
    });
    await toygres.waitForOperation(operation);
    ids[`${name}-tonight`] = image.id;
    ids[`${name}-tonight-operation`] = operation.id;
    if (name !== 'crm') await verify(toygres, image.id);
  }
  const records = { ...(await readRecordsLogin(home.directory)) };
  const remember = (sql: string, ...values: unknown[]) => query(records, 'postgres', sql, values);
  await remember(NIGHTS, schedules);
  await storeNights(home, remember);
  await remember(NIGHTS_OF_DRILLS);
  await remember(RUNS_OF_NIGHTS, schedules);
  await remember(HEALTH_OF_A_DAY);

  await makeFailure(toygres, ids, logins);
  await makeRestores(toygres, ids, logins);
  await makePeople(toygres);
  // Databases are dumped one after the other: the first one is done, and the other one waits.
  const held = await holdTable(logins.get('analytics') as ServerLogin, 'events', 'warehouse');
  const { image, operation } = await toygres.createImage({
    name: 'analytics-before-upgrade',
    instanceId: ids.analytics ?? '',
    description: 'As it was before the upgrade to the next version.',
  });
  ids.running = operation.id;
  ids['running-image'] = image.id;
  for await (const { step } of toygres.operationEvents(operation)) {
    if (step?.progress?.bytesDone) break;
  }
  return { ids, release: () => held.release() };
}

/** Gives the images of earlier nights the files of this night's, without which they would be reported as missing. */
async function storeNights(
  home: E2eHome,
  remember: (sql: string) => Promise<readonly Record<string, unknown>[]>,
): Promise<void> {
  const store = await openImages(home.directory);
  const nights = await remember(IMAGES_OF_NIGHTS);
  for (const [of, copies] of Map.groupBy(nights, (night) => String(night.of))) {
    for (const name of await listBlobs(store, `${of}/`)) {
      const body = await store.getBlobClient(name).downloadToBuffer();
      for (const { id } of copies) {
        await store.getBlockBlobClient(name.replace(of, String(id))).uploadData(body);
      }
    }
  }
}

async function readLogin(toygres: Toygres, id: string): Promise<ServerLogin> {
  const { credentials, instance } = await toygres.request<{
    credentials: { username: string; password: string };
    instance: { endpoint: { host: string; port: number } };
  }>(
    `query ($id: ID!) { credentials: instanceCredentials(instanceId: $id) { username password }
      instance(id: $id) { endpoint { host port } } }`,
    { id },
  );
  return { ...instance.endpoint, user: credentials.username, password: credentials.password };
}

async function verify(toygres: Toygres, imageId: string): Promise<void> {
  const { verifyImage } = await toygres.request<{ verifyImage: { operation: { id: string } } }>(
    'mutation ($imageId: ID!) { verifyImage(input: { imageId: $imageId }) { operation { id } } }',
    { imageId },
  );
  await toygres.waitForOperation(verifyImage.operation.id);
}

/** One of every gold instance, every night; one of analytics on Sundays. Answers with what instances go by which. */
async function makeSchedules(toygres: Toygres, ids: Record<string, string>, hook: string): Promise<string> {
  const make = async (input: object) => {
    const { createSchedule } = await toygres.request<{ createSchedule: { schedule: { id: string } } }>(
      'mutation ($input: CreateScheduleInput!) { createSchedule(input: $input) { schedule { id } } }',
      { input },
    );
    return createSchedule.schedule.id;
  };
  const timeZone = 'Europe/Berlin';
  const nightly = await make({
    name: 'every-night',
    cron: '0 2 * * *',
    timeZone,
    selector: [{ key: 'tier', value: 'gold' }],
    retention: { keepDaily: 7, keepWeekly: 4, keepMonthly: 12 },
    drillEvery: 7,
  });
  const weekly = await make({
    name: 'analytics-on-sundays',
    cron: '30 4 * * 0',
    timeZone,
    instanceId: ids.analytics,
    method: 'PHYSICAL',
    retention: { keepWeekly: 8 },
  });
  ids['every-night'] = nightly;
  await toygres.request(
    'mutation ($url: String!) { createWebhook(input: { name: "on-call", url: $url, events: [ALERT_OPENED, OPERATION_FAILED] }) { webhook { id } } }',
    { url: hook },
  );
  return JSON.stringify({ shop: nightly, billing: nightly, crm: nightly, analytics: weekly });
}

/** An image that cannot be taken, because of a database that lets nobody in. */
async function makeFailure(
  toygres: Toygres,
  ids: Record<string, string>,
  logins: ReadonlyMap<string, ServerLogin>,
): Promise<void> {
  await query(logins.get('crm') as ServerLogin, 'postgres', 'CREATE DATABASE closed ALLOW_CONNECTIONS false');
  const { operation } = await toygres.createImage({ name: 'crm-before-upgrade', instanceId: ids.crm ?? '' });
  ids.failed = operation.id;
  await toygres.waitForOperation(operation).catch(() => undefined);
}

/** A copy with something that did not come back as it was, one that was cancelled, and a stopped one. */
async function makeRestores(
  toygres: Toygres,
  ids: Record<string, string>,
  logins: ReadonlyMap<string, ServerLogin>,
): Promise<void> {
  await query(logins.get('shop-staging') as ServerLogin, 'postgres', ORPHANS);
  const taken = await toygres.createImage({ name: 'shop-staging-with-orphans', instanceId: ids['shop-staging'] ?? '' });
  await toygres.waitForOperation(taken.operation);
  ids['shop-staging-with-orphans'] = taken.image.id;
  const restored = await toygres.createInstance({
    name: 'rehearsal',
    sourceImageId: taken.image.id,
    labels: LABELS('shop', 'bronze'),
  });
  await toygres.waitForOperation(restored.operation);
  ids.rehearsal = restored.instance.id;
  ids.restore = restored.operation.id;
  const held = await holdTable(logins.get('billing') as ServerLogin, 'invoices');
  const { operation } = await toygres.createImage({ name: 'billing-by-hand', instanceId: ids.billing ?? '' });
  ids.cancelled = operation.id;
  for await (const { step } of toygres.operationEvents(operation)) {
    if (step?.name === 'Dump the databases' && step.state === 'RUNNING') break;
  }
  await toygres.cancelOperation({ operationId: operation.id });
  await toygres.waitForOperation(operation).catch(() => undefined);
  await held.release();
  await toygres.waitForOperation((await toygres.stopInstance({ instanceId: ids['shop-staging'] ?? '' })).operation);
}

async function makePeople(toygres: Toygres): Promise<void> {
  for (const [username, role] of [
    ['ana', 'OPERATOR'],
    ['ben', 'VIEWER'],
    ['chris@example.com', 'ADMIN'],
  ]) {
    await toygres.request('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
      input: { username, role, ...(role === 'OPERATOR' ? { scope: [{ key: 'team', value: 'shop' }] } : {}) },
    });
  }
  for (const [name, role] of [
    ['ci', 'OPERATOR'],
    ['dashboard', 'VIEWER'],
  ]) {
    await toygres.request('mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token } }', {
      input: { name, role },
    });
  }
}
