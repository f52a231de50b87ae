import pg from 'pg';
import type * as z from 'zod';
import type { Address, ServerSecret } from '../../jobs/ports/platform/servers.ts';
import { GuardedConnection } from '../guarded-postgres/guarded-connection.ts';
import { mayBeOfTrigger, NO_EVENT_TRIGGERS, writeOptions } from '../guarded-postgres/pinned-settings.ts';
import { RawName } from '../guarded-postgres/raw-name.ts';
import { AnswerError } from '../guarded-postgres/server-error.ts';
import { NO_ANSWER } from '../guarded-postgres/session.ts';
import { buildTls, type VerifiedTls } from '../guarded-postgres/verified-tls.ts';
import { type KnownServers, pinnedFor, rememberServers, WITH_LOGIN_TRIGGERS } from './known-servers.ts';

const APPLICATION = 'toygres probe';
/** All that a probe asks has answers of some hundred bytes. */
const ANSWERS_BYTES = 256 << 10;
/** How long the server may take to close a connection that was ended in order. */
const GOODBYE_MS = 1000;
/** How much of the time of one question all that is asked on a connection may take. */
const ALL_TIMES = 2;

/** A setting that the server does not know, or takes from a superuser alone. */
const SETTING_REFUSED = /^(?:42704|42501)$/;

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

/** What is known beside the address. */
export interface Opening {
  readonly readTrusted?: ReadTrusted | null;
  /** What servers have said before. */
  readonly known?: KnownServers;
}

interface Open {
  readonly client: pg.Client;
  readonly connection: GuardedConnection;
}

/**
 * Connections to a server that may be hostile: no password but by SCRAM, answers within a budget of bytes and time, and
 * pinned against its settings and triggers, as all our sessions are, as far as its role may.
 */
export const openAt =
  (
    address: Address,
    login: ServerSecret,
    timeoutMs: number,
    { readTrusted = null, known = rememberServers() }: Opening = {},
  ): InDatabase =>
  async (database, work) => {
    const ssl = address.tls === undefined ? false : await verifiedAs(address.tls, readTrusted);
    let open: Open | null = null;
    const connect = async (settings: Readonly<Record<string, string>>): Promise<void> => {
      open?.connection.destroy();
      const options = writeOptions({ ...settings, client_encoding: 'UTF8' });
      const startup = { user: login.username, database: RawName.of(database), applicationName: APPLICATION, options };
      const connection = new GuardedConnection(startup, { ssl });
      known.hear(address, login, connection);
      const client = buildClient(address, login, database, timeoutMs, ssl, connection);
      open = { client, connection };
      await client.connect();
    };
    // Each question has its time; a server that uses all of each is not waited for as often as there are questions.
    const timer = setTimeout(() => open?.connection.destroy(), ALL_TIMES * timeoutMs);
    try {
      const opened = await connectPinned(known, address, login, connect).then(() => open as unknown as Open);
      opened.connection.allow(ANSWERS_BYTES);
      return await work(opened.client, opened.connection);
    } finally {
      clearTimeout(timer);
      if (open !== null) await close(open);
    }
  };

const codeOf = (error: unknown) => (error instanceof pg.DatabaseError ? (error.code ?? '') : null);

/** By what the server said of itself before; without that, so that every server takes it. */
async function connectPinned(
  known: KnownServers,
  address: Address,
  login: ServerSecret,
  connect: (settings: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const said = known.read(address, login);
  if (said !== null) {
    try {
      return await connect(pinnedFor(said));
    } catch (error) {
      known.forget(address, login);
      if (!SETTING_REFUSED.test(codeOf(error) ?? '')) throw error;
    }
  }
  try {
    await connect(pinnedFor(null));
  } catch (error) {
    const code = codeOf(error);
    // Where an event trigger for logins keeps everybody waiting, the next one is not kept.
    if (code === null && error instanceof Error && error.message === NO_ANSWER)
      known.note(address, login, WITH_LOGIN_TRIGGERS);
    if (code === null || !mayBeOfTrigger(code)) throw error;
    await connect({ ...pinnedFor(null), ...NO_EVENT_TRIGGERS }).catch(() => {
      throw error;
    });
  }
}

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
async function close({ client, connection }: Open): Promise<void> {
  const timer = setTimeout(() => connection.destroy(), GOODBYE_MS);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}
