import pg from 'pg';
import type { World } from './world.ts';

/** An operation, and what it works on. */
export interface Subject {
  readonly operationId: string;
  readonly instanceId: string | null;
  readonly imageId: string | null;
}

/** Fills a server with data that facts will tell. */
export async function fill(world: World, instanceId: string): Promise<void> {
  await asClient(world, instanceId, (client) =>
    client.query(`CREATE TABLE t AS SELECT n, md5(n::text) AS word FROM generate_series(1, 500) n`),
  );
}

/** Fills a server with so much that a job works on it for some seconds. */
export async function fillMuch(world: World, instanceId: string): Promise<void> {
  await asClient(world, instanceId, (client) =>
    client.query(`CREATE TABLE t AS SELECT n, md5(n::text) AS word FROM generate_series(1, 400000) n`),
  );
}

/** Keeps a dump of the server waiting at its table, and tells when one waits. */
export async function holdTable(world: World, instanceId: string) {
  const client = await openClient(world, instanceId);
  await client.query('BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE');
  return {
    isAwaited: async () => {
      const { rows } = await client.query(`SELECT FROM pg_locks WHERE NOT granted`);
      return rows.length > 0;
    },
    stop: () => client.end().catch(() => undefined),
  };
}

/** Works as a client of the instance. */
export async function asClient<T>(
  world: World,
  instanceId: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await openClient(world, instanceId);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Logs in as the owner with the recorded password; throws where the server does not take it. */
export async function logInAsOwner(world: World, instanceId: string): Promise<void> {
  const { endpoint } = await world.core.services.instances.read(instanceId);
  const password = await world.core.services.instances.readOwnerPassword(instanceId);
  if (endpoint === null || password === null) throw new Error('the instance has no endpoint, or no owner');
  const client = new pg.Client({ host: endpoint.host, port: endpoint.port, user: 'app', database: 'app', password });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}

async function openClient(world: World, instanceId: string): Promise<pg.Client> {
  const { endpoint } = await world.core.services.instances.read(instanceId);
  if (endpoint === null) throw new Error('the instance has no endpoint');
  const password = await world.core.services.instances.readPassword(instanceId);
  const client = new pg.Client({ host: endpoint.host, port: endpoint.port, user: 'postgres', password });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function readData(world: World, instanceId: string): Promise<string> {
  return asClient(world, instanceId, async (client) => {
    const { rows } = await client.query<{ present: boolean }>(`SELECT to_regclass('t') IS NOT NULL AS present`);
    if (rows[0]?.present !== true) return 'no table';
    const data = await client.query<{ sum: string }>(`SELECT md5(string_agg(t::text, ',' ORDER BY n)) AS sum FROM t`);
    return data.rows[0]?.sum ?? 'empty';
  });
}

interface ToldRow {
  readonly state: string;
  readonly position: string | null;
  readonly step: string | null;
}

/** What the events told of the operation and of each step, without what a new attempt says again. */
function summarize(events: readonly ToldRow[]): Readonly<Record<string, readonly string[]>> {
  const told = new Map<string, string[]>();
  const tell = (of: string, state: string) => {
    const before = told.get(of) ?? [];
    if (before.at(-1) !== state) told.set(of, [...before, state]);
  };
  for (const { state, position, step } of events) {
    tell('operation', state);
    if (position !== null && step !== null) tell(`step ${position}`, step);
  }
  return Object.fromEntries([...told].sort(([a], [b]) => a.localeCompare(b)));
}

/**
 * What an operation has led to, in terms that are the same for every subject: its end, its steps, its events, the record, what the
 * platform and the blob store hold of it, and the data.
 */
export async function readFacts(world: World, { operationId, instanceId, imageId }: Subject) {
  const { pool } = world.core.database;
  const rows = async (sql: string, ...values: unknown[]) => (await pool.query(sql, values)).rows;
  const jobs = await rows(
    'SELECT id, kind, state, attempts FROM cms.jobs WHERE operation_id = $1 ORDER BY kind',
    operationId,
  );
  const drills = await rows('SELECT * FROM cms.drills WHERE operation_id = $1', operationId);
  const owners = new Set([instanceId, ...[...jobs, ...drills].map(({ id }) => id)]);
  const objects = (await world.core.platform.listObjects()).filter(({ ownerId }) => owners.has(ownerId));
  const instance = instanceId === null ? null : await world.core.services.instances.read(instanceId);
  const logs: string[] = [];
  for (const { id } of jobs) {
    for await (const blob of world.container.listBlobsFlat({ prefix: `_logs/${id}/` })) {
      logs.push(blob.name.slice(`_logs/${id}/`.length));
    }
  }
  const blobs: string[] = [];
  if (imageId !== null) {
    for await (const blob of world.container.listBlobsFlat({ prefix: `${imageId}/` })) {
      // An attempt after one that was cut off writes beside it, the same.
      blobs.push(blob.name.slice(imageId.length).replace(/^\/attempt-\d+\.\d+\//, '/'));
    }
  }
  return {
    operation: await rows(`SELECT state, percent, run, failure FROM cms.operations WHERE id = $1`, operationId),
    steps: await rows(
      `SELECT name, state, failure FROM cms.operation_steps WHERE operation_id = $1 ORDER BY position`,
      operationId,
    ),
    told: summarize(
      await rows(
        `SELECT state, step->>'position' AS position, step->>'state' AS step
         FROM cms.operation_events WHERE operation_id = $1 ORDER BY sequence`,
        operationId,
      ),
    ),
    undone: await rows(`SELECT name FROM cms.operation_undo_steps WHERE operation_id = $1 ORDER BY name`, operationId),
    instance: await rows(
      `SELECT state, failure, endpoint IS NOT NULL AS endpoint, encrypted_password IS NOT NULL AS password
       FROM cms.instances WHERE id = $1`,
      instanceId,
    ),
    image: await rows(
      `SELECT state, failure, verified_at IS NOT NULL AS verified, encrypted_password IS NOT NULL AS password,
         jsonb_array_length(databases) AS databases, (SELECT count(*)::int FROM cms.image_files f WHERE f.image_id = i.id) AS files
       FROM cms.images i WHERE id = $1`,
      imageId,
    ),
    drills: drills.map((drill) => ({
      state: drill.state,
      failure: drill.failure,
      findings: drill.findings,
      recovered: drill.recovery_seconds !== null,
      isOver: drill.finished_at !== null,
      compared: [drill.databases_compared, drill.tables_compared, drill.rows_compared].map(Number),
    })),
    jobs: jobs.map(({ id: _, ...job }) => job),
    logs,
    objects: objects.map(({ kind }) => kind).sort(),
    phase: instance === null ? null : (await world.core.platform.readServer(instance)).phase,
    data: instance?.state === 'RUNNING' ? await readData(world, instance.id) : null,
    blobs,
  };
}

export type Facts = Awaited<ReturnType<typeof readFacts>>;
