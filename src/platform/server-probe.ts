import pg from 'pg';
import type { Address, ServerSecret } from '../../jobs/ports/platform.ts';
import type { ConnectionFacts, ServerProbe } from '../../jobs/ports/server-probe.ts';
import { AppError } from '../../schema/errors.ts';

/** Where pg_durable keeps its worker, and where every server has a database. */
const DATABASE = 'postgres';

/**
 * The background worker of pg_durable is not listed in pg_stat_activity; its heartbeat moves every 5 s, and its sessions
 * show, by one of two names depending on the release.
 */
const WORKER_SESSIONS = `
  SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE backend_type = 'pg_durable background worker' OR application_name LIKE 'pg_durable:worker:%'
  ) AS running`;
const WORKER_HEARTBEAT = `SELECT coalesce(max(last_seen_at) > now() - interval '20 seconds', false) AS running FROM df._worker_epoch`;
const HAS_HEARTBEAT = `SELECT to_regclass('df._worker_epoch') IS NOT NULL AS present`;
/** Every installation has this library, and a new connection loads it from the disk as it is now. */
const LOAD_LIBRARY = `LOAD '$libdir/plpgsql'`;
const ALL_DATABASES = `SELECT coalesce(sum(pg_database_size(oid)), 0)::text AS bytes FROM pg_database`;

/** How long the server may take to close a connection that was ended in order. */
const GOODBYE_MS = 1000;

/** A probe over PostgreSQL's own protocol. Each call opens one connection and closes it, also when it fails. */
export function createServerProbe(): ServerProbe {
  return {
    async connect(address, login, { timeoutMs, durable, measure, libraries }) {
      const startedAt = performance.now();
      const client = new pg.Client({
        host: address.host,
        port: address.port,
        user: login.username,
        password: login.password,
        database: DATABASE,
        application_name: 'toygres probe',
        connectionTimeoutMillis: timeoutMs,
        query_timeout: timeoutMs,
      });
      // A connection that breaks between two queries says so here; the query that follows fails by itself.
      client.on('error', () => undefined);
      try {
        await client.connect();
        const { rows } = await client.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
        const latencyMs = performance.now() - startedAt;
        if (libraries) await requireLibraries(client, address);
        const facts: ConnectionFacts = {
          serverVersion: rows[0]?.version ?? '',
          latencyMs,
          durableWorkerRunning: durable ? await readWorker(client) : null,
        };
        return measure ? { ...facts, databaseBytes: await readSize(client) } : facts;
      } catch (error) {
        throw translate(error, address, login);
      } finally {
        await close(client);
      }
    },
  };
}

/** A server that hangs would never say goodbye: then the connection is cut. */
async function close(client: pg.Client): Promise<void> {
  const { connection } = client as unknown as { readonly connection?: { readonly stream?: { destroy(): void } } };
  const timer = setTimeout(() => connection?.stream?.destroy(), GOODBYE_MS);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}

async function requireLibraries(client: pg.Client, { host, port }: Address): Promise<void> {
  try {
    await client.query(LOAD_LIBRARY);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || NOT_NOW.test(error.code ?? '')) throw error;
    throw new AppError(
      'STEP_FAILED',
      `The server at ${host}:${port} cannot load its libraries any more (${error.code}): PostgreSQL was upgraded or ` +
        'changed under it. Restart the instance.',
      { cause: new Error(`LOAD failed: ${error.code}`) },
    );
  }
}

async function readWorker(client: pg.Client): Promise<boolean> {
  const ask = async (query: string) => (await client.query<{ running: boolean }>(query)).rows[0]?.running === true;
  if (await ask(WORKER_SESSIONS)) return true;
  const { rows } = await client.query<{ present: boolean }>(HAS_HEARTBEAT);
  return rows[0]?.present === true && (await ask(WORKER_HEARTBEAT));
}

async function readSize(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(ALL_DATABASES);
  return Number(rows[0]?.bytes ?? 0);
}

const LOGIN_REFUSED = /^28/;
/** Not now: starting, shutting down, too many clients. Everything else that a server says is its last word. */
const NOT_NOW = /^(57P0[1-4]|53)/;

function translate(error: unknown, { host, port }: Address, { username }: ServerSecret): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // A server's message may quote data, and a client's may quote the login: only codes go further.
  const cause = new Error(`connection failed: ${code || (error instanceof Error ? error.name : 'unknown')}`);
  if (!(error instanceof pg.DatabaseError)) {
    const why = code || 'no answer in time';
    return new AppError('UNAVAILABLE', `Nothing answers at ${host}:${port} (${why}).`, { cause });
  }
  if (LOGIN_REFUSED.test(code)) {
    return new AppError(
      'STEP_FAILED',
      `The server at ${host}:${port} refuses the login of ${username} with the recorded password; set that password again with ALTER ROLE.`,
      { cause },
    );
  }
  if (NOT_NOW.test(code)) {
    return new AppError('UNAVAILABLE', `The server at ${host}:${port} takes no connection now (${code}).`, { cause });
  }
  return new AppError('STEP_FAILED', `The server at ${host}:${port} answers with the error ${code}.`, { cause });
}
