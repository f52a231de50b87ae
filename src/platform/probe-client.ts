import pg from 'pg';
import type { z } from 'zod';
import type { Address, ServerSecret } from '../../jobs/ports/platform.ts';
import { GuardedConnection } from '../guarded-postgres/guarded-connection.ts';
import { writeOptions } from '../guarded-postgres/pinned-settings.ts';
import { RawName } from '../guarded-postgres/raw-name.ts';
import { AnswerError } from '../guarded-postgres/server-error.ts';
import { buildTls, type VerifiedTls } from '../guarded-postgres/verified-tls.ts';

const APPLICATION = 'toygres probe';
/** All that a probe asks has answers of some hundred bytes. */
const ANSWERS_BYTES = 256 << 10;
/** How long the server may take to close a connection that was ended in order. */
const GOODBYE_MS = 1000;
/** How much of the time of one question all that is asked on a connection may take. */
const ALL_TIMES = 2;

/** Nothing that only a superuser may set: whether the role is one still is for the server to say. */
const PINNED = writeOptions({
  search_path: 'pg_catalog',
  client_encoding: 'UTF8',
  default_transaction_read_only: 'off',
  statement_timeout: '0',
});

/** The authorities that servers' certificates are verified by, PEM. */
export type ReadTrusted = () => Promise<string>;

async function verifiedAs(name: string, readTrusted: ReadTrusted | null): Promise<VerifiedTls> {
  if (readTrusted === null) throw new Error('a server has a certificate, and nothing to verify it by is known');
  return buildTls({ name, trusted: await readTrusted() });
}

/** Does its work with a connection to this database of one server, and closes it also when that fails. */
export type InDatabase = <T>(
  database: string,
  work: (client: pg.Client, connection: GuardedConnection) => Promise<T>,
) => Promise<T>;

/**
 * Connections to a server that may be hostile: no password but by SCRAM, answers within a budget of bytes and time, and
 * names looked up in pg_catalog only.
 */
export const openAt =
  (address: Address, login: ServerSecret, timeoutMs: number, readTrusted: ReadTrusted | null = null): InDatabase =>
  async (database, work) => {
    const ssl = address.tls === undefined ? false : await verifiedAs(address.tls, readTrusted);
    const connection = new GuardedConnection(
      {
        user: login.username,
        database: RawName.of(database),
        applicationName: APPLICATION,
        options: PINNED,
      },
      { ssl },
    );
    const client = buildClient(address, login, database, timeoutMs, ssl, connection);
    // Each question has its time; a server that uses all of each is not waited for as often as there are questions.
    const timer = setTimeout(() => connection.destroy(), ALL_TIMES * timeoutMs);
    try {
      await client.connect();
      connection.allow(ANSWERS_BYTES);
      return await work(client, connection);
    } finally {
      clearTimeout(timer);
      await close(client, connection);
    }
  };

/** The first row of an answer; undefined without one. Throws AnswerError for one that is not as it must be. */
export async function askRow<Row>(
  client: pg.Client,
  row: z.ZodType<Row>,
  query: string,
  values: readonly string[] = [],
): Promise<Row | undefined> {
  const [first] = (await client.query<pg.QueryResultRow>(query, [...values])).rows;
  if (first === undefined) return undefined;
  const parsed = row.safeParse(first);
  if (parsed.success) return parsed.data;
  throw new AnswerError(
    `the server answered with something that cannot be: ${String(parsed.error.issues[0]?.path[0])}`,
  );
}

function buildClient(
  { host, port }: Address,
  login: ServerSecret,
  database: string,
  timeoutMs: number,
  ssl: VerifiedTls | false,
  connection: GuardedConnection,
): pg.Client {
  // Everything that the library would take from the environment is said.
  const client = new pg.Client({
    host,
    port,
    user: login.username,
    password: () => login.password,
    database,
    ssl,
    application_name: APPLICATION,
    options: ' ',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    connection,
  } as pg.ClientConfig);
  // A connection that breaks between two queries says so here; the query that follows fails by itself.
  client.on('error', () => undefined);
  return client;
}

/** A server that hangs would never say goodbye: then the connection is cut. */
async function close(client: pg.Client, connection: GuardedConnection): Promise<void> {
  const timer = setTimeout(() => connection.destroy(), GOODBYE_MS);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}
