import { createHash } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import pg from 'pg';
import type { Platform } from '../../jobs/ports/platform/platform.ts';

/** What the audit looks at, each by its own means: the tables, the platform, the blobs, the processes and the disk. */
export interface Audited {
  readonly pool: pg.Pool;
  readonly platform: Platform;
  readonly container: ContainerClient;
  readonly stateDirectory: string;
  readPassword(instanceId: string): Promise<string>;
}

type Row = Record<string, unknown>;
const HAS_ALL = ['configuration', 'secret', 'server', 'volume'];

/**
 * Compares records, platform, blob store, processes and disk, none of which is believed. Answers with what is lost,
 * orphaned or stuck, a sentence each; nothing while all is well. Meant for when no operation is under way.
 */
export async function audit(audited: Audited): Promise<string[]> {
  const parts = [auditOperations, auditInstances, auditPlatform, auditImages, auditProcesses, auditDisk];
  return (await Promise.all(parts.map((part) => part(audited)))).flat();
}

const query = async (pool: pg.Pool, sql: string) => (await pool.query<Row>(sql)).rows;

async function auditOperations({ pool }: Audited): Promise<string[]> {
  const found: string[] = [];
  for (const { id, kind, state } of await query(
    pool,
    `SELECT id, kind, state FROM cms.operations WHERE state IN ('QUEUED', 'RUNNING', 'CANCELLING')`,
  )) {
    found.push(`operation ${id} (${kind}) is stuck: ${state}`);
  }
  for (const { id, kind, detail } of await query(
    pool,
    `SELECT o.id, o.kind, format('%s events, last %s, recorded %s', count(e), max(e.sequence), o.sequence) AS detail
     FROM cms.operations o LEFT JOIN cms.operation_events e ON e.operation_id = o.id
     GROUP BY o.id HAVING count(e) <> o.sequence OR max(e.sequence) IS DISTINCT FROM o.sequence OR min(e.sequence) <> 1`,
  )) {
    found.push(`operation ${id} (${kind}) has a gap in its events: ${detail}`);
  }
  for (const { id, kind, state, told } of await query(
    pool,
    `SELECT o.id, o.kind, o.state, e.state AS told FROM cms.operations o
     JOIN cms.operation_events e ON e.operation_id = o.id AND e.sequence = o.sequence
     WHERE o.state <> e.state OR o.percent <> e.percent`,
  )) {
    found.push(`the last event of operation ${id} (${kind}) says ${told}, its row ${state}`);
  }
  for (const { id, kind, name, state, told } of await query(
    pool,
    `SELECT o.id, o.kind, s.name, s.state, e.step->>'state' AS told
     FROM cms.operations o JOIN cms.operation_steps s ON s.operation_id = o.id
     LEFT JOIN LATERAL (SELECT step FROM cms.operation_events e
       WHERE e.operation_id = o.id AND (e.step->>'position')::int = s.position ORDER BY sequence DESC LIMIT 1) e ON true
     WHERE o.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED')
       AND (s.state IN ('PENDING', 'RUNNING') OR e.step->>'state' IS DISTINCT FROM s.state
         OR (o.state = 'SUCCEEDED' AND s.state NOT IN ('SUCCEEDED', 'SKIPPED')))`,
  )) {
    found.push(`step "${name}" of operation ${id} (${kind}) is ${state}, its last event says ${told}`);
  }
  for (const { id, kind } of await query(
    pool,
    `SELECT o.id, o.kind FROM cms.operations o
     WHERE (o.state IN ('FAILED', 'CANCELLED')) <> (o.failure IS NOT NULL) AND o.state IN ('FAILED', 'CANCELLED', 'SUCCEEDED')`,
  )) {
    found.push(`operation ${id} (${kind}) has ended without a reason, or well with one`);
  }
  for (const { id, state } of await query(
    pool,
    `SELECT j.id, j.state FROM pgboss.job j WHERE j.name LIKE 'toygres/%' AND j.name NOT LIKE '%/rounds' AND j.state IN ('created', 'retry', 'active')`,
  )) {
    found.push(`job ${id} of the queue is still ${state}`);
  }
  for (const { id, state } of await query(
    pool,
    `SELECT j.id, j.state FROM cms.jobs j WHERE j.state IN ('PENDING', 'RUNNING')`,
  )) {
    found.push(`the record of job ${id} is still ${state}`);
  }
  return found;
}

async function auditInstances({ pool, platform, readPassword }: Audited): Promise<string[]> {
  const found: string[] = [];
  const objects = await platform.listObjects();
  const check = async ({ id, name, namespace, resource_name, state, failure, endpoint }: Row) => {
    const kinds = objects.filter(({ ownerId }) => ownerId === id).map(({ kind }) => kind);
    const is = `instance ${name} (${id}) is ${state}`;
    const ref = { namespace: String(namespace), resourceName: String(resource_name) };
    if (state === 'FAILED' || state === 'DELETED') {
      if (kinds.length > 0) found.push(`${is}, and the platform still holds its ${kinds.join(', ')}`);
      return;
    }
    if (state === 'CREATING') found.push(`${is} for ever`);
    if (state === 'DELETING' && failure === null) found.push(`${is} for ever`);
    if (state !== 'RUNNING' && state !== 'STOPPED') return;
    if (kinds.sort().join() !== HAS_ALL.join()) found.push(`${is}, and the platform holds only: ${kinds.join(', ')}`);
    const { phase } = await platform.readServer(ref);
    const wanted = state === 'RUNNING' ? 'READY' : 'STOPPED';
    if (phase !== wanted) found.push(`${is}, and its server is ${phase}`);
    if (state !== 'RUNNING') return;
    const { host, port } = endpoint as { host: string; port: number };
    const client = new pg.Client({ host, port, user: 'postgres', password: await readPassword(String(id)) });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
    } catch (error) {
      found.push(`${is}, and does not let its owner in: ${(error as Error).message}`);
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  for (const row of await query(pool, 'SELECT * FROM cms.instances')) await check(row);
  return found;
}

async function auditPlatform({ pool, platform }: Audited): Promise<string[]> {
  const owners = new Set((await query(pool, 'SELECT id FROM cms.instances')).map(({ id }) => id));
  return (await platform.listObjects()).flatMap(({ kind, name, ownerId }) => {
    if (kind === 'job') return [`the platform still holds the job ${name}`];
    return owners.has(ownerId) ? [] : [`the ${kind} ${name} belongs to no record`];
  });
}

async function auditImages({ pool, container }: Audited): Promise<string[]> {
  const found: string[] = [];
  const names: string[] = [];
  for await (const blob of container.listBlobsFlat()) names.push(blob.name);
  const images = await query(pool, 'SELECT id, name, state, failure FROM cms.images');
  const jobs = new Set((await query(pool, 'SELECT id FROM cms.jobs')).map(({ id }) => id));
  const owners = new Set(images.map(({ id }) => id));
  for (const blob of names) {
    const [first = '', second] = blob.split('/');
    if (first === '_logs' ? !jobs.has(second) : !owners.has(first)) found.push(`the blob ${blob} belongs to no record`);
  }
  for (const { id, name, state, failure } of images) {
    const is = `image ${name} (${id}) is ${state}`;
    const own = names.filter((blob) => blob.startsWith(`${id}/`)).map((blob) => blob.slice(String(id).length + 1));
    if (state === 'AVAILABLE')
      found.push(...(await verifyImage(container, String(id), own)).map((what) => `${is}, ${what}`));
    else if (state === 'CREATING' || (state === 'DELETING' && failure === null)) found.push(`${is} for ever`);
    else if (own.length > 0 && state !== 'DELETING') found.push(`${is}, and ${own.length} blobs are left`);
  }
  return found;
}

interface Manifest {
  readonly files: readonly { readonly name: string; readonly sizeBytes: number; readonly sha256: string }[];
}

async function verifyImage(container: ContainerClient, id: string, names: readonly string[]): Promise<string[]> {
  if (!names.includes('manifest.json')) return ['and has no manifest'];
  const read = (name: string) => container.getBlobClient(`${id}/${name}`).downloadToBuffer();
  const { files } = JSON.parse((await read('manifest.json')).toString()) as Manifest;
  const found: string[] = [];
  for (const name of names) {
    if (name !== 'manifest.json' && !files.some((file) => file.name === name)) found.push(`and ${name} is a stranger`);
  }
  for (const { name, sizeBytes, sha256 } of files) {
    if (!names.includes(name)) {
      found.push(`and ${name} is lost`);
      continue;
    }
    const content = await read(name);
    const sum = createHash('sha256').update(content).digest('hex');
    if (content.length !== sizeBytes || sum !== sha256) found.push(`and ${name} has other content`);
  }
  return found;
}

/** Every process whose working directory or command line lies below the state directory. */
async function auditProcesses({ pool, stateDirectory }: Audited): Promise<string[]> {
  const running = (
    await query(pool, `SELECT resource_name FROM cms.instances WHERE state = 'RUNNING' OR state = 'DELETING'`)
  ).map(({ resource_name }) => `/${resource_name}/`);
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (Number(pid) === process.pid || !`${command} ${cwd}`.includes(`${stateDirectory}/`)) continue;
    if (!running.some((name) => `${command} ${cwd}/`.includes(name)))
      found.push(`process ${pid} is left: ${command} in ${cwd}`);
  }
  return found;
}

/** Directories of servers and jobs that no record keeps, and scratch space. */
async function auditDisk({ pool, stateDirectory }: Audited): Promise<string[]> {
  const kept = new Set(
    (
      await query(pool, `SELECT resource_name FROM cms.instances WHERE state IN ('RUNNING', 'STOPPED', 'DELETING')`)
    ).map(({ resource_name }) => resource_name),
  );
  const list = (...parts: string[]) => readdir(path.join(stateDirectory, ...parts)).catch(() => [] as string[]);
  const found: string[] = [];
  for (const namespace of await list('servers')) {
    for (const name of await list('servers', namespace)) {
      if (kept.has(name)) continue;
      found.push(
        `the directory of server ${name} is left with: ${(await list('servers', namespace, name)).join(', ')}`,
      );
    }
  }
  for (const job of await list('jobs')) found.push(`the directory of job ${job} is left`);
  const running = await query(pool, `SELECT 1 FROM cms.instances WHERE state IN ('RUNNING', 'STOPPED', 'DELETING')`);
  const short = await list('run');
  if (short.length > running.length)
    found.push(`${short.length} directories for sockets and scratch, ${running.length} servers`);
  return found;
}
