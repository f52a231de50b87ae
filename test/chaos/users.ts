import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { ApiError } from '../../src/cli/api-client.ts';
import type { E2eClient } from '../support/e2e-client.ts';
import type { Dice } from './dice.ts';
import type { Fleet } from './fleet.ts';
import { count, type Ledger } from './ledger.ts';

/** What the users know of what is there, and what data must be in it. */
export interface Holdings {
  /** The checksum that the data of an instance must have, once it has some. */
  readonly dataOf: Map<string, string>;
  /** The checksum of the data that an image was taken of. */
  readonly imaged: Map<string, string>;
  /** The image that an instance was restored from. */
  readonly restoredFrom: Map<string, string>;
}

const AT_MOST = { instances: 7, images: 6 };
/** What a user may be told while things break. */
const UNDERSTANDABLE = new Set(['CONFLICT', 'UNAVAILABLE', 'NOT_FOUND']);

interface Node {
  readonly id: string;
  readonly state: string;
}

/** Asks for one thing after the other, as people and programs do, until told to stop. */
export async function beUser(
  name: string,
  fleet: Fleet,
  dice: Dice,
  holdings: Holdings,
  ledger: Ledger,
  stopped: AbortSignal,
): Promise<void> {
  for (let turn = 0; !stopped.aborted; turn += 1) {
    const api = dice.among(fleet.berths.filter(({ client }) => client !== null))?.client;
    if (api) await ask(api, `${name}-${turn}`, dice, holdings, ledger).catch((error) => understand(error, ledger));
    await delay(500 + dice.below(2500), undefined, { signal: stopped }).catch(() => undefined);
  }
}

function understand(error: unknown, ledger: Ledger): void {
  // A process that was killed in the middle of an answer says nothing.
  const code = error instanceof ApiError ? error.code : 'no answer';
  count(ledger.asked, `refused: ${code}`);
  if (error instanceof ApiError && !UNDERSTANDABLE.has(code)) {
    ledger.findings.push(`a user was told ${code}: ${error.message}`);
  }
}

async function list(api: E2eClient, field: 'instances' | 'images' | 'operations'): Promise<readonly Node[]> {
  const { page } = await api.request<{ page: { edges: readonly { readonly node: Node }[] } }>(
    `{ page: ${field}(first: 100) { edges { node { id state } } } }`,
  );
  return page.edges.map(({ node }) => node);
}

async function ask(api: E2eClient, name: string, dice: Dice, holdings: Holdings, ledger: Ledger): Promise<void> {
  const [instances, images, operations] = await Promise.all([
    list(api, 'instances'),
    list(api, 'images'),
    list(api, 'operations'),
  ]);
  const { dataOf, imaged, restoredFrom } = holdings;
  const live = instances.filter(({ state }) => state !== 'DELETED' && state !== 'FAILED');
  const running = instances.filter(({ state }) => state === 'RUNNING');
  const filled = running.filter(({ id }) => dataOf.has(id));
  const kept = images.filter(({ state }) => state === 'AVAILABLE' || state === 'CREATING');
  const wish = dice.weighed([
    ['create', live.length < AT_MOST.instances ? 4 : 0],
    ['restore', live.length < AT_MOST.instances ? 4 : 0],
    ['image', kept.length < AT_MOST.images ? 5 : 0],
    ['restart', 2],
    ['stop', 2],
    ['start', 3],
    ['delete', live.length > AT_MOST.instances / 2 ? 3 : 1],
    ['delete image', kept.length > AT_MOST.images / 2 ? 3 : 1],
    ['cancel', 1],
    ['retry', 2],
    ['fill', running.length > filled.length ? 10 : 0],
  ] as const);
  const done = () => count(ledger.asked, wish);

  switch (wish) {
    case 'create':
      await api.createInstance({ name, storageGib: 1 });
      return done();
    case 'restore': {
      const image = dice.among(images.filter(({ id, state }) => state === 'AVAILABLE' && imaged.has(id)));
      if (image === null) return;
      const { id } = await api.createInstance({ name, sourceImageId: image.id });
      restoredFrom.set(id, image.id);
      return done();
    }
    case 'image': {
      const source = dice.among(filled);
      if (source === null) return;
      const { id } = await api.createImage({ name, instanceId: source.id });
      imaged.set(id, dataOf.get(source.id) ?? '');
      return done();
    }
    case 'fill': {
      const empty = dice.among(running.filter(({ id }) => !dataOf.has(id)));
      if (empty === null) return;
      const from = restoredFrom.get(empty.id);
      const sum = from === undefined ? await fill(api, empty.id, dice) : imaged.get(from);
      if (sum !== undefined) dataOf.set(empty.id, sum);
      return done();
    }
    case 'delete image': {
      const image = dice.among(images.filter(({ state }) => state !== 'DELETED'));
      if (image === null) return;
      await api.deleteImage(image.id);
      return done();
    }
    case 'cancel':
    case 'retry': {
      const of = wish === 'cancel' ? ['QUEUED', 'RUNNING'] : ['FAILED'];
      const operation = dice.among(operations.filter(({ state }) => of.includes(state)));
      if (operation === null) return;
      await (wish === 'cancel' ? api.cancel(operation.id) : api.retry(operation.id));
      return done();
    }
    default: {
      const instance = dice.among(live);
      if (instance === null) return;
      await api.changeInstance(wish, instance.id);
      return done();
    }
  }
}

async function withServer<T>(api: E2eClient, id: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...(await api.login(id)), database: 'postgres', connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    // It was stopped or killed under our hands: no fault of the API's.
    if (error instanceof ApiError) throw error;
    throw new Error('the server did not answer', { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Writes data that nobody changes later; the whole of it or nothing. Answers with its checksum. */
async function fill(api: E2eClient, id: string, dice: Dice): Promise<string> {
  const rows = 1000 + dice.below(200_000);
  return withServer(api, id, async (client) => {
    await client.query(
      `CREATE TABLE IF NOT EXISTS t AS SELECT n, md5(n::text) AS word FROM generate_series(1, ${rows}) n`,
    );
    return sumOf(client);
  });
}

async function sumOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ sum: string }>(
    `SELECT count(*) || ' ' || coalesce(md5(string_agg(word, '' ORDER BY n)), '') AS sum FROM t`,
  );
  return rows[0]?.sum ?? '';
}

/** The checksum of an instance's data as it is now. */
export function readData(api: E2eClient, id: string): Promise<string> {
  return withServer(api, id, sumOf);
}
