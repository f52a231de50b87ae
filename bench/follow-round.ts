import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { ServingProcess } from './api-process.ts';
import { median, quantile } from './figures.ts';
import { insertOperation, tell } from './follow-events.ts';
import { followBySockets, followByStreams, type OnMessage } from './follow-sockets.ts';

/** How many follow at once. */
export const FOLLOWERS = 1000;
/** How many events are measured, and the pause after each. */
export const EVENTS = 20;
const PAUSE_MS = 300;
const LONGEST_MS = 60_000;

/** What is followed, and how. */
export interface Way {
  readonly server: ServingProcess;
  readonly transport: 'sockets' | 'streams';
  /** What is asked for beneath an event; null: the bare broadcast of `text`. */
  readonly selection: string | null;
  readonly text?: string;
}

/** How late messages came, and what it cost. */
export interface Round {
  readonly p95: number;
  readonly median: number;
  /** On the records, for each event. */
  readonly statements: number;
  /** Of the server, for each message. */
  readonly cpuMicroseconds: number;
  /** Of the server, for each follower, while they follow and when they have left. */
  readonly grownBytes: number;
  readonly leftBytes: number;
  /** What one message was. */
  readonly text: string;
}

const now = () => performance.timeOrigin + performance.now();

/** The statements that the API makes for those who follow; not those of the rest of the process, nor of this one. */
async function countStatements(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ calls: string }>(
    `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements
     WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query LIKE ANY ($1)`,
    [['%FROM cms.operation_events%', '%from "cms"."operations"%', '%from "cms"."operation_steps"%']],
  );
  return Number(rows[0]?.calls);
}

/** Counts messages, and how late each is after the commit that it tells of. */
function createCounter() {
  const late: number[] = [];
  const before: number[] = [];
  let committedAt: number | null = null;
  let missing = 0;
  let text = '';
  let all: () => void = () => undefined;
  const onMessage: OnMessage = (message) => {
    const at = now();
    // A message can be here before the answer that tells when it was committed.
    if (committedAt === null) before.push(at);
    else late.push(at - committedAt);
    if (text === '') text = String(message);
    missing -= 1;
    if (missing === 0) all();
  };
  return {
    late,
    onMessage,
    get text() {
      return text;
    },
    /** Has an event committed, and waits until every follower has it. */
    async expectAll(commit: () => Promise<number>): Promise<void> {
      committedAt = null;
      missing = FOLLOWERS;
      const { promise, resolve } = Promise.withResolvers<void>();
      all = resolve;
      const cut = setTimeout(resolve, LONGEST_MS);
      const at = await commit();
      committedAt = at;
      late.push(...before.splice(0).map((each) => each - at));
      await promise;
      clearTimeout(cut);
      if (missing !== 0) throw new Error(`${missing} of ${FOLLOWERS} followers did not get an event`);
    },
  };
}

/** Everybody follows one operation, then its events come one after another, each when all have the one before it. */
export async function measureRound(client: pg.Client, { server, transport, selection, text }: Way): Promise<Round> {
  const operationId = await insertOperation(client);
  const query = `subscription { operationEvents(operationId: "${operationId}") { ${selection} } }`;
  const memory = await server.measure(true);
  const counter = createCounter();
  const followers =
    selection !== null && transport === 'streams'
      ? await followByStreams(server.url, FOLLOWERS, query, counter.onMessage)
      : await followBySockets(server.url, FOLLOWERS, selection === null ? null : query, counter.onMessage);
  const once = () => counter.expectAll(() => tell(client, operationId, selection === null ? (text ?? '') : null));
  await delay(1000);
  await once();
  counter.late.splice(0);
  const [statements, begun] = [await countStatements(client), await server.measure()];
  for (let nth = 0; nth < EVENTS; nth += 1) {
    await once();
    await delay(PAUSE_MS);
  }
  const [ended, read] = [await server.measure(), (await countStatements(client)) - statements];
  await followers.leave();
  await delay(1000);
  const after = await server.measure(true);
  return {
    p95: quantile(counter.late, 0.95),
    median: median(counter.late),
    statements: read / EVENTS,
    cpuMicroseconds: ((ended.cpuSeconds - begun.cpuSeconds) * 1e6) / EVENTS / FOLLOWERS,
    grownBytes: (ended.rss - memory.rss) / FOLLOWERS,
    leftBytes: (after.heapUsed + after.external - memory.heapUsed - memory.external) / FOLLOWERS,
    text: counter.text,
  };
}
