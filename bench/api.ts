import { deepStrictEqual } from 'node:assert/strict';
import { migrateDatabase } from '../src/db/migrate.ts';
import { addRelations, fillForApi, RECORDS } from './api/fill.ts';
import { type Asked, putLoad, readData } from './api/load.ts';
import { OWN_PAGE, PEER_PAGE, readOwn, readPeer } from './api/page-query.ts';
import { startServing } from './api-process.ts';
import { TOKEN } from './api-protocol.ts';
import { median } from './figures.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import { startPlainServer } from './plain-server.ts';
import type { Measurement, SectionReport } from './report.ts';
import { runSql } from './sql.ts';

const PLATFORM = 'bench:api';
const CONNECTIONS = [1, 10] as const;
/** Until both are as fast as they get. */
const WARM_SECONDS = 5;
const SECONDS = 8;
/** So many answers are looked at for what they ask of the records. */
const COUNTED = 20;
const PEER = 'PostGraphile 5.1, amber preset';
/** Neither of the two looks at itself while it works. */
const PRODUCTION = { NODE_ENV: 'production', GRAPHILE_ENV: 'production' };

/** One of the two, what it was asked, and the database that it reads. */
interface Server extends Asked {
  readonly database: string;
}

/** Milliseconds for an answer, however many are under way: the reciprocal of answers a second. */
async function measure(server: Server, connections: number): Promise<number> {
  const { answers, seconds } = await putLoad(server, connections, SECONDS);
  return (seconds * 1000) / answers;
}

/** The statements of an answer that read records; what the rest of a process asks for meanwhile is not among them. */
async function countStatements(records: string, server: Server): Promise<number> {
  const count = async () => {
    const [row] = await runSql<{ calls: string }>(
      records,
      `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements
       WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1)
         AND query ~ 'cms"?[.]"?(instances|images|operations|operation_steps|jobs)' AND query !~* '^\\s*(INSERT|UPDATE|DELETE)'`,
      [server.database],
    );
    return Number(row?.calls);
  };
  const before = await count();
  for (let nth = 0; nth < COUNTED; nth += 1) await readData(server);
  return ((await count()) - before) / COUNTED;
}

function report(connections: number, own: readonly number[], peer: readonly number[]): Measurement {
  const perSecond = (values: readonly number[]) => (1000 / median(values)).toFixed(0);
  return {
    name: `a page at ${connections} connection${connections === 1 ? '' : 's'}`,
    unit: 'ms',
    values: own,
    against: [{ name: PEER, values: peer }],
    notes: [`${perSecond(own)} answers a second, and ${perSecond(peer)} of ${PEER}`],
  };
}

/** A page as a console shows it, asked of this API and of PostGraphile, which read the same from copies of the same tables. */
export async function benchApi(place: Place, { runs }: BenchOptions): Promise<SectionReport> {
  await using server = await startPlainServer(place, 'api-records', {
    shared_preload_libraries: 'pg_stat_statements',
  });
  const [records, own, peer] = ['postgres', 'own', 'peer'].map((name) => server.urlOf(name)) as [
    string,
    string,
    string,
  ];
  await runSql(records, 'CREATE EXTENSION pg_stat_statements');
  await runSql(records, 'CREATE DATABASE own');
  await migrateDatabase(own);
  place.say('api: filling the records');
  await fillForApi(own, PLATFORM);
  await runSql(records, 'CREATE DATABASE peer TEMPLATE own');
  await addRelations(peer);

  await using api = await startServing(place, 'api-program.ts', [own, PLATFORM], PRODUCTION);
  await using postgraphile = await startServing(place, 'api/postgraphile-program.ts', [peer], PRODUCTION);
  const product: Server = {
    url: api.url,
    query: OWN_PAGE,
    headers: { authorization: `Bearer ${TOKEN}` },
    database: 'own',
  };
  const other: Server = { url: postgraphile.url, query: PEER_PAGE, headers: {}, database: 'peer' };
  deepStrictEqual(readOwn(await readData(product)), readPeer(await readData(other)));

  const statements = [await countStatements(records, product), await countStatements(records, other)] as const;
  for (const each of [product, other]) await putLoad(each, CONNECTIONS[1], WARM_SECONDS);
  const times = CONNECTIONS.map((connections) => ({ connections, own: [] as number[], peer: [] as number[] }));
  for (let run = 1; run <= runs; run += 1) {
    place.say(`api: run ${run} of ${runs}`);
    for (const { connections, own: mine, peer: theirs } of times) {
      mine.push(await measure(product, connections));
      theirs.push(await measure(other, connections));
    }
  }
  return {
    section: `a page of 20 instances with labels, images, operations, steps and jobs, of ${RECORDS.instances} instances and ${RECORDS.steps} steps`,
    measurements: [
      ...times.map(({ connections, own: mine, peer: theirs }) => report(connections, mine, theirs)),
      {
        name: 'statements a page',
        unit: '',
        values: [statements[0]],
        against: [{ name: PEER, values: [statements[1]] }],
      },
    ],
  };
}
