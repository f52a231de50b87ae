import pg from 'pg';

/**
 * What of a session changes the meaning of data or of statements, as it is in every session of ours, whatever the database,
 * the role or the server says. These go with the first message: a pooler keeps them for each of its clients (PgBouncer's
 * documentation, `track_extra_parameters`).
 */
const AT_THE_START = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  standard_conforming_strings: 'on',
};

/**
 * What a session of its own is given besides, where the server knows it. `row_security` off: a policy that would leave rows
 * out is an error. The timeouts are for those who wait for an answer, not for the server to choose; what idles inside a
 * transaction is ended, since a process that froze there must not hold its row locks against the one that takes over.
 */
const OF_ITS_OWN: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  backslash_quote: 'safe_encoding',
  escape_string_warning: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  row_security: 'off',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '30s',
};

const PIN = `
  SELECT pg_catalog.set_config(wanted.name, wanted.value, $3)
  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS wanted (name, value)
  JOIN pg_catalog.pg_settings AS known ON known.name OPERATOR(pg_catalog.=) pg_catalog.lower(wanted.name)
    OR known.name OPERATOR(pg_catalog.=) wanted.name`;
const PIN_VALUES = [Object.keys(OF_ITS_OWN), Object.values(OF_ITS_OWN)];

/** What the first message of a connection holds; a version without a type of its own in the driver's. */
type StartupConf = Record<string, string>;

/** Gives the password of a connection that is about to be made; each asks anew. */
export type ReadPassword = () => Promise<string>;

/** What is handed on to the driver's client, besides what it knows. */
interface LoginConfig {
  readonly readPassword?: ReadPassword;
}

/** A connection whose first message pins what a pooler keeps. For transactions of a pooler, where nothing else stays. */
export class PooledClient extends pg.Client {
  constructor(config?: string | (pg.ClientConfig & LoginConfig)) {
    super(config);
    // A URL that has none makes an empty one of it, which would win over a function in the driver's configuration.
    const login = this as unknown as { password: string | null | ReadPassword };
    const { readPassword } = typeof config === 'object' ? config : {};
    if (readPassword !== undefined && !login.password) login.password = readPassword;
    // A connection that is lost fails the statement under way, or the next one, and that is heard. Where nobody listens to
    // the client itself (between two statements of a transaction, while a pool opens it) this would end the process.
    this.on('error', () => undefined);
  }

  /** Called by the driver. */
  getStartupConf(): StartupConf {
    const { user, database } = this as unknown as { user: string; database: string };
    const { application_name, options } = (this as unknown as { connectionParameters: Record<string, string> })
      .connectionParameters;
    return {
      user,
      database,
      ...AT_THE_START,
      ...(application_name ? { application_name } : {}),
      ...(options ? { options } : {}),
    };
  }
}

/** A connection with a session of its own, pinned before its first statement. */
export class SessionClient extends PooledClient {
  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
    const pinned = (async () => {
      await super.connect();
      try {
        await this.query(PIN, [...PIN_VALUES, false]);
      } catch (error) {
        // Whoever waits for the connection gets none, and would not end it.
        this.end().catch(() => undefined);
        throw error;
      }
      return this;
    })();
    if (callback === undefined) return pinned;
    pinned.then(
      // The driver calls back with nothing when all went well.
      () => (callback as (error?: Error) => void)(),
      (error: Error) => callback(error),
    );
    return undefined;
  }
}

/** What is common to every connection to the database of records. */
export interface SessionOptions {
  readonly url: string;
  readonly applicationName: string;
  /** How long an answer may take, in ms; left out: for ever. */
  readonly answerWithinMs?: number;
  /** True: `url` leads to a pooler that gives a session to each transaction. Default false. */
  readonly pooled?: boolean;
  /** The password, where the URL has none. */
  readonly readPassword?: ReadPassword | null;
}

/** A host that drops packets would otherwise keep a start waiting for minutes. */
const CONNECT_MS = 10_000;

/**
 * How every connection to the database of records is made, with everything decided: what the URL leaves out is not looked
 * for in the environment of the process.
 */
export function sessionConfig(options: SessionOptions) {
  const { url, applicationName, answerWithinMs, pooled = false, readPassword = null } = options;
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    // Where the URL names a way (sslmode), that is taken.
    ssl: false,
    ...(answerWithinMs === undefined ? {} : { query_timeout: answerWithinMs }),
    ...(readPassword === null ? {} : { readPassword }),
    Client: pooled ? PooledClient : SessionClient,
  };
}

/** One connection, not yet open. */
export function createSession(options: SessionOptions): pg.Client {
  const { Client, ...config } = sessionConfig(options);
  return new Client(config);
}

/** Pins the transaction under way alone: on a connection of a pooler, where the session is anybody's. */
export async function pinTransaction(client: pg.Client): Promise<void> {
  await client.query(PIN, [...PIN_VALUES, true]);
}
