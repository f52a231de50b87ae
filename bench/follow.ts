import pg from 'pg';
import { migrateDatabase } from '../src/db/migrate.ts';
import { startServing } from './api-process.ts';
import { EVENTS, FOLLOWERS, measureRound, type Round } from './follow-round.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import { startPlainServer } from './plain-server.ts';
import type { Measurement, SectionReport } from './report.ts';

const PLATFORM = 'bench:follow';

const WAYS = [
  { name: 'flat fields', transport: 'sockets', selection: 'sequence at state percent' },
  {
    name: 'steps beneath the event',
    transport: 'sockets',
    selection: 'sequence operation { state steps { name state } }',
  },
  {
    name: 'the same as event streams',
    transport: 'streams',
    selection: 'sequence operation { state steps { name state } }',
  },
] as const;

function report(name: string, rounds: readonly Round[], bare: readonly Round[]): Measurement[] {
  const kilobytes = (of: (round: Round) => number) => rounds.map((round) => of(round) / 1000);
  return [
    {
      name: `${name}: from commit to client, p95`,
      unit: 'ms',
      values: rounds.map(({ p95 }) => p95),
      against: [{ name: 'a bare broadcast of the same bytes', values: bare.map(({ p95 }) => p95) }],
    },
    {
      name: `${name}: median`,
      unit: 'ms',
      values: rounds.map((round) => round.median),
      against: [{ name: 'a bare broadcast of the same bytes', values: bare.map((round) => round.median) }],
    },
    {
      name: `${name}: processor a message`,
      unit: 'µs',
      values: rounds.map(({ cpuMicroseconds }) => cpuMicroseconds),
      against: [{ name: 'a bare broadcast', values: bare.map(({ cpuMicroseconds }) => cpuMicroseconds) }],
    },
    { name: `${name}: statements an event`, unit: '', values: rounds.map(({ statements }) => statements) },
    { name: `${name}: memory a follower`, unit: 'kB', values: kilobytes(({ grownBytes }) => grownBytes) },
    { name: `${name}: kept when all have left`, unit: 'kB', values: kilobytes(({ leftBytes }) => leftBytes) },
  ];
}

/** Work with records of its own, whose statements are counted. */
async function withRecords(
  place: Place,
  work: (client: pg.Client, url: string) => Promise<SectionReport>,
): Promise<SectionReport> {
  await using records = await startPlainServer(place, 'follow-records', {
    shared_preload_libraries: 'pg_stat_statements',
  });
  const url = records.urlOf('postgres');
  await migrateDatabase(url);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('CREATE EXTENSION pg_stat_statements');
    return await work(client, url);
  } finally {
    await client.end();
  }
}

/** Many who follow one operation at one process of the API, against a server that only sends. */
export function benchFollow(place: Place, { runs }: BenchOptions): Promise<SectionReport> {
  return withRecords(place, async (client, url) => {
    const measurements: Measurement[] = [];
    for (const way of WAYS) {
      const [rounds, bare]: [Round[], Round[]] = [[], []];
      for (let run = 1; run <= runs; run += 1) {
        place.say(`follow: ${way.name}, run ${run} of ${runs}`);
        await using api = await startServing(place, 'api-program.ts', [url, PLATFORM]);
        const round = await measureRound(client, { ...way, server: api });
        rounds.push(round);
        await using broadcast = await startServing(place, 'broadcast-program.ts', [url]);
        bare.push(
          await measureRound(client, { server: broadcast, transport: 'sockets', selection: null, text: round.text }),
        );
      }
      measurements.push(...report(way.name, rounds, bare));
    }
    return {
      section: `follow: ${FOLLOWERS} clients of one operation, ${EVENTS} events; all on this machine`,
      measurements,
    };
  });
}
