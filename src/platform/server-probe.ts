import pg from 'pg';
import * as z from 'zod';
import type { Address, ServerSecret } from '../../jobs/ports/platform/servers.ts';
import type { ConnectionFacts, ServerProbe } from '../../jobs/ports/server-probe.ts';
import { AppError } from '../../schema/errors.ts';
import { AnswerError } from '../guarded-postgres/server-error.ts';
import { readDurableWorker } from './durable-probe.ts';
import { rememberServers } from './known-servers.ts';
import { ensureOwnerLogin } from './owner-login.ts';
import { askRow, openAt as open, type ReadTrusted } from './probe-client.ts';
import { isLoginRefused, NOT_NOW, translateProbeError } from './probe-errors.ts';
import { setPassword } from './set-password.ts';
import { readSourceOrder } from './source-order.ts';

/** Where pg_durable keeps its worker, and where every server has a database. */
const DATABASE = 'postgres';

const VERSION = `SELECT pg_catalog.current_setting('server_version') AS version`;
/** Every installation has this library, and a new connection loads it from the disk as it is now. */
const LOAD_LIBRARY = `LOAD '$libdir/plpgsql'`;
/** Two at once would trip over each other. */
const ENSURE_DURABLE = `
  SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtext('toygres pg_durable'));
  SET client_min_messages = warning;
  SET search_path = public;
  CREATE EXTENSION IF NOT EXISTS pg_durable`;
const ALL_DATABASES = `
  SELECT coalesce(pg_catalog.sum(pg_catalog.pg_database_size(oid)), 0)::pg_catalog.text AS bytes
  FROM pg_catalog.pg_database`;

const Version = z.object({ version: z.string().max(200) });
const Size = z.object({ bytes: z.string().regex(/^\d{1,18}$/) });

/**
 * A probe over PostgreSQL's own protocol. Each call opens one connection and closes it, also when it fails. `readTrusted`: what
 * servers with a certificate are verified by.
 */
export function createServerProbe(readTrusted: ReadTrusted | null = null): ServerProbe {
  const opening = { readTrusted, known: rememberServers() };
  const openAt: typeof open = (address, login, timeoutMs) => open(address, login, timeoutMs, opening);
  return {
    readTrusted: async () => (readTrusted === null ? '' : readTrusted()),

    async connect(address, login, { timeoutMs, durable, measure, libraries }) {
      const startedAt = performance.now();
      const inDatabase = openAt(address, login, timeoutMs);
      return inDatabase(DATABASE, async (client) => {
        const answer = await askRow(client, Version, VERSION);
        if (answer === undefined) throw new AnswerError('the server did not answer which version it is');
        const latencyMs = performance.now() - startedAt;
        if (libraries) await requireLibraries(client, address);
        const worker = durable ? await readDurableWorker(client, inDatabase) : null;
        const facts: ConnectionFacts = {
          serverVersion: answer.version,
          latencyMs,
          durableWorkerRunning: worker?.running ?? null,
          ...(worker === null ? {} : { durableWorkerIsOff: worker.isOff, durableWorkerDetail: worker.detail }),
        };
        return measure ? { ...facts, databaseBytes: await readSize(client) } : facts;
      }).catch((error: unknown) => {
        throw translateProbeError(error, address, login);
      });
    },

    async readOrder(address, login, { timeoutMs }) {
      const inDatabase = openAt(address, login, timeoutMs);
      return inDatabase(DATABASE, (client) => readSourceOrder(client, inDatabase)).catch((error: unknown) => {
        throw translateProbeError(error, address, login);
      });
    },

    async ensurePassword(address, from, to, { timeoutMs }) {
      const logIn = (login: ServerSecret) =>
        openAt(
          address,
          login,
          timeoutMs,
        )(DATABASE, async (client, { askedForPassword }) => {
          // Who was asked for nothing has not shown that the password is the role's.
          if (login === from || !askedForPassword) await setPassword(client, to);
        });
      try {
        await logIn(to).catch((error: unknown) => {
          if (!isLoginRefused(error)) throw error;
          return logIn(from);
        });
        return true;
      } catch (error) {
        if (isLoginRefused(error)) return false;
        throw translateProbeError(error, address, from);
      }
    },

    async ensureDurableExtension(address, login, { timeoutMs }) {
      await openAt(
        address,
        login,
        timeoutMs,
      )(DATABASE, (client) => client.query(ENSURE_DURABLE)).catch((error: unknown) => {
        throw translateProbeError(error, address, login);
      });
    },

    async ensureOwner(address, login, owner, { timeoutMs }) {
      await openAt(
        address,
        login,
        timeoutMs,
      )(DATABASE, (client) => ensureOwnerLogin(client, owner)).catch((error: unknown) => {
        throw translateProbeError(error, address, login);
      });
    },
  };
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

async function readSize(client: pg.Client): Promise<number> {
  const answer = await askRow(client, Size, ALL_DATABASES);
  if (answer === undefined) throw new AnswerError('the server did not answer how large its databases are');
  return Number(answer.bytes);
}
