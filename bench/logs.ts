import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { migrateDatabase } from '../src/db/migrate.ts';
import type { LocalPlatform } from '../src/platform/local/local-platform.ts';
import { until } from '../src/waiting/until.ts';
import { type ServingProcess, startServing } from './api-process.ts';
import { insertJob, insertOperation } from './follow-events.ts';
import { followBySockets } from './follow-sockets.ts';
import { countLines } from './logs/line-counter.ts';
import { createWritingJob, LOCAL_PLATFORM, openHome, prepareHome } from './logs/writing-job.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import { startPlainServer } from './plain-server.ts';
import type { SectionReport } from './report.ts';

const FOLLOWERS = 100;
const LINES_A_SECOND = 10_000;
const LINES = 100_000;
const LOOK_MS = 250;
const LONGEST_MS = 180_000;

/** How a job went that was followed, and what that took. */
interface Followed {
  readonly seconds: number;
  /** Of the API and of those who follow. */
  readonly cpuSeconds: readonly [api: number, followers: number];
  /** The most that the API grew by, in the first half of the job and in the second. */
  readonly grownBytes: readonly [number, number];
  /** Once all have left. */
  readonly leftBytes: number;
  /** From the end of the job to the last line of the last follower. */
  readonly lateSeconds: number;
  readonly messages: number;
}

const ownCpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Looks at the memory of a process until told to stop; answers with what it was at, and when. */
function watchMemory(api: ServingProcess): { stop(): Promise<readonly number[]> } {
  const looks: number[] = [];
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      looks.push((await api.measure()).rss);
      await delay(LOOK_MS);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await looking;
      return looks;
    },
  };
}

async function runFollowed(client: pg.Client, platform: LocalPlatform, api: ServingProcess): Promise<Followed> {
  const job = createWritingJob(platform, LINES, LINES_A_SECOND);
  await insertJob(client, await insertOperation(client), { id: job.id, name: job.name, platform: LOCAL_PLATFORM });
  const before = await api.measure(true);
  const counter = countLines(FOLLOWERS);
  const query = `subscription { jobLogBatches(jobId: "${job.id}") { line at text } }`;
  await job.start();
  const followers = await followBySockets(api.url, FOLLOWERS, query, counter.onMessage);
  const [begun, own] = [await api.measure(), ownCpuSeconds()];
  const memory = watchMemory(api);
  const seconds = await job.untilOver();
  const endedAt = performance.now();
  const haveAll = async () => counter.fault !== null || counter.lines.every((line) => line >= LINES);
  if (!(await until(haveAll, { timeoutMs: LONGEST_MS, intervalMs: 20 })))
    throw new Error('a follower did not get all lines');
  if (counter.fault !== null) throw new Error(counter.fault);
  const lateSeconds = (performance.now() - endedAt) / 1000;
  const [ended, ownEnded] = [await api.measure(), ownCpuSeconds()];
  const looks = await memory.stop();
  await followers.leave();
  await delay(1000);
  const after = await api.measure(true);
  const most = (of: readonly number[]) => Math.max(0, ...of.map((rss) => rss - before.rss));
  return {
    seconds,
    cpuSeconds: [ended.cpuSeconds - begun.cpuSeconds, ownEnded - own],
    grownBytes: [most(looks.slice(0, looks.length / 2)), most(looks.slice(looks.length / 2))],
    leftBytes: after.heapUsed + after.external - before.heapUsed - before.external,
    lateSeconds,
    messages: counter.messages,
  };
}

function report(alone: readonly number[], followed: readonly Followed[]): SectionReport {
  const spent = followed.map(({ cpuSeconds: [api, followers] }) => api + followers);
  const megabytes = (of: (one: Followed) => number) => followed.map((one) => of(one) / 1e6);
  return {
    section: `the log of a job that writes ${LINES_A_SECOND} lines a second, followed by ${FOLLOWERS}, ${LINES} lines in all`,
    measurements: [
      {
        name: 'the job',
        unit: 's',
        values: followed.map(({ seconds }) => seconds),
        against: [{ name: 'nobody follows', values: alone }],
      },
      {
        name: 'the job takes longer by',
        unit: 's',
        values: followed.map(({ seconds }, run) => Math.max(0, seconds - (alone[run] ?? seconds))),
        against: [{ name: 'processor that is taken by following', values: spent }],
        notes: followed.map(
          ({ cpuSeconds: [api, followers] }) =>
            `${api.toFixed(1)} s of processor in the API and ${followers.toFixed(1)} s in the ${FOLLOWERS} clients`,
        ),
      },
      {
        name: 'memory of the API, second half against first',
        unit: 'MB',
        values: megabytes(({ grownBytes: [, second] }) => second),
        against: [{ name: 'the first half', values: megabytes(({ grownBytes: [first] }) => first) }],
      },
      {
        name: 'memory a follower',
        unit: 'kB',
        values: followed.map(({ grownBytes }) => Math.max(...grownBytes) / FOLLOWERS / 1000),
      },
      { name: 'kept when all have left', unit: 'MB', values: megabytes(({ leftBytes }) => leftBytes) },
      {
        name: 'the last line is there after the end',
        unit: 's',
        values: followed.map(({ lateSeconds }) => lateSeconds),
        notes: followed.map(({ messages }) => `${Math.round((LINES * FOLLOWERS) / messages)} lines a message`),
      },
    ],
  };
}

/** A job of the local platform that writes fast, with nobody and with many who follow its log at one process of the API. */
export async function benchLogs(place: Place, { runs }: BenchOptions): Promise<SectionReport> {
  await using records = await startPlainServer(place, 'logs-records');
  const url = records.urlOf('postgres');
  await migrateDatabase(url);
  const home = path.join(place.directory, 'logs-home');
  await prepareHome(home);
  const platform = await openHome(home, place);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await using api = await startServing(place, 'api-program.ts', [url, LOCAL_PLATFORM, home]);
    const [alone, followed]: [number[], Followed[]] = [[], []];
    for (let run = 1; run <= runs; run += 1) {
      place.say(`logs: run ${run} of ${runs}`);
      const job = createWritingJob(platform, LINES, LINES_A_SECOND);
      await job.start();
      alone.push(await job.untilOver());
      followed.push(await runFollowed(client, platform, api));
    }
    return report(alone, followed);
  } finally {
    await client.end();
    await platform.suspend();
    await platform.stop();
  }
}
