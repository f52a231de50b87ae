import pg from 'pg';
import * as z from 'zod';
import { type AnswerLimits, CopyInAnswer, CopyOutAnswer, RowsAnswer } from './answers.ts';
import { GuardedConnection } from './guarded-connection.ts';
import { pinnedSettings, writeOptions } from './pinned-settings.ts';
import { RawName } from './raw-name.ts';
import { AnswerError, ServerError, SessionLostError } from './server-error.ts';
import type { Sql } from './sql.ts';
import { buildTls, type ServerIdentity } from './verified-tls.ts';

/** Where a server is and who asks. A host that begins with `/` is the directory of a socket. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** What the server must show before it is told anything; left out: it has no certificate of this installation. */
  readonly identity?: ServerIdentity;
}

export interface SessionOptions {
  readonly database: RawName | string;
  /** Of the server; null while it is not known, and then nothing is set that only some versions have. */
  readonly major: number | null;
  /** Over the pinned ones. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly connectTimeoutMs?: number;
}

/** A statement with rows, and how each of them must look. The columns of a row are texts or null. */
export interface Question<Row> {
  readonly sql: Sql;
  readonly row: z.ZodType<Row>;
  readonly limits?: Partial<AnswerLimits>;
  /** How long the answer may take; null where it takes what it takes. Over it the session is ended. */
  readonly timeoutMs?: number | null;
}

/** A session with a server, pinned against all its settings. One statement at a time; others wait their turn. */
export interface Session {
  /** The server's process. */
  readonly pid: number;
  /** Whether it was let in by its password; else the server trusts who comes from here. */
  readonly askedForPassword: boolean;
  /** Null where the server has not told. */
  readonly serverVersion: string | null;
  /** Why the session is lost, once it is. */
  readonly lost: Promise<Error>;
  /** Throws ServerError, SessionLostError, or AnswerError where a row is not as it must be. */
  ask<Row>(question: Question<Row>): Promise<Row[]>;
  /** For statements whose answer says nothing; rows that come all the same are let go. */
  run(statement: Sql, timeoutMs?: number | null): Promise<void>;
  copyOut(statement: Sql, take: (chunk: Buffer) => void, bytes: number): Promise<void>;
  copyIn(statement: Sql, source: AsyncIterable<Buffer>): Promise<void>;
  close(): Promise<void>;
}

/** What is said of a server that lets nobody in and refuses nobody. */
export const NO_ANSWER = 'timeout expired';

const APPLICATION = 'toygres';
const LIMITS: AnswerLimits = { rows: 1_000_000, bytes: 64 << 20 };
const ANSWER_MS = 120_000;
const CONNECT_MS = 30_000;
const GOODBYE_MS = 1_000;

/** The words of PostgreSQL's own programs for what a socket says by a code. */
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'server closed the connection unexpectedly (Connection reset by peer)',
  EPIPE: 'server closed the connection unexpectedly',
  ENOTFOUND: 'could not translate host name to address',
  EAI_AGAIN: 'could not translate host name to address',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ENOENT: 'No such file or directory',
};

function describeLoss(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = NETWORK[code];
  if (known !== undefined) return known;
  const text = error instanceof Error ? error.message : '';
  if (text === NO_ANSWER) return NO_ANSWER;
  if (/^Connection terminated/.test(text)) return 'server closed the connection unexpectedly';
  return text === '' ? 'the connection failed' : text;
}

function asCause(error: unknown): Error {
  if (error instanceof ServerError || error instanceof SessionLostError || error instanceof AnswerError) return error;
  if (error instanceof pg.DatabaseError) return new ServerError(error);
  return new SessionLostError(describeLoss(error), { cause: error });
}

/** Opens a session. Throws ServerError or SessionLostError; nothing of a login that is not SCRAM is answered. */
export async function openSession(login: Login, options: SessionOptions): Promise<Session> {
  const settings = { ...pinnedSettings(options.major ?? 0), client_encoding: 'SQL_ASCII', ...options.settings };
  const database = options.database instanceof RawName ? options.database : RawName.of(options.database);
  const ssl = login.identity === undefined ? false : buildTls(login.identity);
  const connection = new GuardedConnection(
    { user: login.user, database, applicationName: APPLICATION, options: writeOptions(settings) },
    { ssl },
  );
  // Everything that the library would take from the environment is said.
  const client = new pg.Client({
    host: login.host,
    port: login.port,
    user: login.user,
    password: () => login.password,
    database: database.text,
    ssl,
    sslnegotiation: 'postgres',
    application_name: APPLICATION,
    options: ' ',
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_MS,
    connection,
  } as pg.ClientConfig);
  let serverVersion: string | null = null;
  connection.on('parameterStatus', (message: { parameterName?: unknown; parameterValue?: unknown }) => {
    if (message.parameterName === 'server_version') serverVersion = String(message.parameterValue).slice(0, 200);
  });
  const lost = new Promise<Error>((resolve) => {
    client.on('error', (error) => resolve(asCause(error)));
    client.on('end', () => resolve(new SessionLostError('the session with the server was ended without a word')));
  });
  try {
    await client.connect();
  } catch (error) {
    connection.destroy();
    throw asCause(error);
  }
  return new OpenSession(client, connection, serverVersion, lost);
}

class OpenSession implements Session {
  readonly pid: number;

  constructor(
    private readonly client: pg.Client,
    private readonly connection: GuardedConnection,
    readonly serverVersion: string | null,
    readonly lost: Promise<Error>,
  ) {
    this.pid = (client as unknown as { readonly processID: number | null }).processID ?? 0;
  }

  get askedForPassword(): boolean {
    return this.connection.askedForPassword;
  }

  async ask<Row>({ sql, row, limits, timeoutMs = ANSWER_MS }: Question<Row>): Promise<Row[]> {
    const within = { ...LIMITS, ...limits };
    const answer = await this.submit((settle) => new RowsAnswer(sql, within, settle), timeoutMs);
    const parsed = z.array(row).safeParse(answer.rows);
    if (parsed.success) return parsed.data;
    const at = parsed.error.issues[0]?.path.slice(0, 2).join(', column ') ?? '0';
    throw new AnswerError(`the server answered with something that cannot be: row ${at}`);
  }

  async run(statement: Sql, timeoutMs: number | null = ANSWER_MS): Promise<void> {
    await this.submit((settle) => new RowsAnswer(statement, LIMITS, settle), timeoutMs);
  }

  async copyOut(statement: Sql, take: (chunk: Buffer) => void, bytes: number): Promise<void> {
    await this.submit((settle) => new CopyOutAnswer(statement, { rows: 0, bytes }, settle, take), null);
  }

  async copyIn(statement: Sql, source: AsyncIterable<Buffer>): Promise<void> {
    await this.submit((settle) => new CopyInAnswer(statement, LIMITS, settle, source), null);
  }

  async close(): Promise<void> {
    const timer = setTimeout(() => this.connection.destroy(), GOODBYE_MS);
    await this.client.end().catch(() => undefined);
    clearTimeout(timer);
  }

  private async submit<A extends pg.Submittable>(
    make: (settle: (error: Error | null) => void) => A,
    timeoutMs: number | null,
  ): Promise<A> {
    let timer: NodeJS.Timeout | null = null;
    const { promise, resolve, reject } = Promise.withResolvers<A>();
    const answer = make((error) => (error === null ? resolve(answer) : reject(error)));
    if (timeoutMs !== null) {
      timer = setTimeout(() => {
        this.connection.destroy(new SessionLostError(`the server did not answer in ${Math.round(timeoutMs / 1000)} s`));
      }, timeoutMs);
    }
    try {
      this.client.query(answer);
      return await promise;
    } catch (error) {
      throw asCause(error);
    } finally {
      if (timer !== null) clearTimeout(timer);
    }
  }
}
