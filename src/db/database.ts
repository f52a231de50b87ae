import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as tables from '../../drizzle/tables/index.ts';
import type { Transaction } from '../../jobs/ports/transaction.ts';
import { pause } from '../waiting/pause.ts';
import { explainRefusedWrite, isFull, isSilence, translateDatabaseError } from './errors.ts';
import { type ReadPassword, sessionConfig } from './session.ts';

type Orm = NodePgDatabase<typeof tables>;
/** A drizzle transaction, for the stores alone. */
export type OrmTransaction = Parameters<Parameters<Orm['transaction']>[0]>[0];

/** The CMS database: one pool, one way to open a transaction. */
export interface Database {
  readonly url: string;
  readonly orm: Orm;
  readonly pool: pg.Pool;
  /** False where a pooler gives another session to each statement, so that none can be kept on a connection. */
  readonly keepsSessions: boolean;
  /** Commits when `work` resolves, rolls back when it rejects. A connection that broke is UNAVAILABLE. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Why the last transaction of this process could not write: a disk that is full, a server that takes no changes. Null when
   * it could, or when that is more than a minute ago. A read does not tell.
   */
  readonly refusal: string | null;
  /** Resolves when every connection is closed. */
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Default 10. */
  readonly maxConnections?: number;
  readonly applicationName?: string;
  /** True: `url` leads to a pooler that gives a session to each transaction. Default false. */
  readonly pooled?: boolean;
  /** The password, where the URL has none. */
  readonly readPassword?: ReadPassword | null;
}

/** Looks inside the opaque transaction that the workflows pass around. */
export function inside(tx: Transaction): OrmTransaction {
  return tx as unknown as OrmTransaction;
}

/**
 * A connection that the network has forgotten would be waited for a quarter of an hour, and work with it. No statement of
 * ours takes so long, and those that wait for locks are tried again.
 */
const ANSWER_WITHIN_MS = 20_000;

/** In a transaction the driver would send its next statement after the one that was never answered, and wait anew. */
function endWhenSilent(client: pg.PoolClient): void {
  const query: (...words: unknown[]) => unknown = client.query.bind(client);
  const watched = (...words: unknown[]): unknown => {
    const answer = query(...words);
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => {
        if (isSilence(error)) destroyConnection(client);
      });
    }
    return answer;
  };
  client.query = watched as typeof client.query;
}

/** Making a plan costs about a millisecond, and a bad one may cost that at each use. */
const USES_OF_PLANS = 100;

/**
 * The server keeps the plans of statements that are kept on a connection for as long as it hears of no change, and one that was
 * made for a table of a few rows reads all of it when it has grown. Here they are made anew now and then.
 */
function forgetOldPlans(client: pg.PoolClient): void {
  const query: (...words: unknown[]) => unknown = client.query.bind(client);
  let uses = 0;
  const counted = (...words: unknown[]): unknown => {
    const [asked] = words;
    if (typeof asked === 'object' && asked !== null && 'name' in asked) uses += 1;
    if (uses >= USES_OF_PLANS) {
      uses = 0;
      query('DISCARD PLANS', () => undefined);
    }
    return query(...words);
  };
  client.query = counted as typeof client.query;
}

/** Closes it without a word: a goodbye would not be heard. */
function destroyConnection(client: object): void {
  const { connection } = client as { connection?: { stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: pg.PoolClient['release'],
) => void;
/** A caller waits so long for a connection that others have, or that the server has none left for. */
const WAIT_FOR_CONNECTION_MS = 20_000;
const LOOK_AGAIN_MS = 100;

/**
 * A server that has no connection left has one again when another caller, or another process, is done with its own: that is
 * waited for, as a free one of the pool is.
 */
function waitWhenFull(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool);
  const patiently = async (): Promise<pg.PoolClient> => {
    for (const deadline = performance.now() + WAIT_FOR_CONNECTION_MS; ; ) {
      try {
        return await connect();
      } catch (error) {
        if (!isFull(error) || pool.ending || performance.now() > deadline) throw error;
        await pause(LOOK_AGAIN_MS * (0.5 + Math.random()));
      }
    }
  };
  const either = (callback?: Connected): Promise<pg.PoolClient> | undefined => {
    if (callback === undefined) return patiently();
    patiently().then(
      (client) => callback(undefined, client, client.release),
      (error: Error) => callback(error, undefined, () => undefined),
    );
    return undefined;
  };
  pool.connect = either as typeof pool.connect;
}

/** How long statements under way may take to end before their connections are cut. */
const LAST_STATEMENTS_MS = 5_000;

/** Closes all connections: those that are free at once, those at work when they are free, and all in a while. */
async function endPool(pool: pg.Pool): Promise<void> {
  const ended = pool.end();
  const over = new AbortController();
  const cut = pause(LAST_STATEMENTS_MS, over.signal).then(() => {
    const { _clients: clients } = pool as unknown as { readonly _clients: readonly object[] };
    for (const client of [...clients]) destroyConnection(client);
  });
  await ended;
  over.abort();
  await cut;
}

/** Somebody may have made room meanwhile, and nothing was written since. */
const REFUSAL_TOLD_MS = 60_000;

/** Opens nothing yet: the first query does. A connection that dies while idle is dropped and replaced. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, applicationName = 'toygres', pooled = false, readPassword = null } = options;
  const pool = new pg.Pool({
    ...sessionConfig({ url, applicationName, answerWithinMs: ANSWER_WITHIN_MS, pooled, readPassword }),
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS,
  });
  waitWhenFull(pool);
  pool.on('connect', endWhenSilent);
  pool.on('connect', forgetOldPlans);
  // An idle connection's error is no caller's: the pool has dropped it, and the next query opens another.
  pool.on('error', () => undefined);
  const orm = drizzle(pool, { schema: tables, casing: 'snake_case' });
  let refused: { readonly why: string; readonly at: number } | null = null;
  return {
    url: options.url,
    orm,
    pool,
    keepsSessions: !pooled,
    get refusal() {
      return refused !== null && performance.now() - refused.at < REFUSAL_TOLD_MS ? refused.why : null;
    },
    async transaction(work) {
      try {
        const done = await orm.transaction((tx) => work(tx as unknown as Transaction));
        refused = null;
        return done;
      } catch (error) {
        const why = explainRefusedWrite(error);
        if (why !== null) refused = { why, at: performance.now() };
        throw translateDatabaseError(error);
      }
    },
    stop: () => endPool(pool),
  };
}
