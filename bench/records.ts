import { randomBytes } from 'node:crypto';
import { openDatabase } from '../src/db/database.ts';
import { migrateDatabase } from '../src/db/migrate.ts';
import { createLogger } from '../src/log/logger.ts';
import { createSecretBox } from '../src/secrets/secret-box.ts';
import { parseSecretKey } from '../src/secrets/secret-key.ts';
import { startBoss } from '../src/workflow/queue/boss.ts';
import { median } from './figures.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import { startPlainServer } from './plain-server.ts';
import { listRecordCalls } from './records/calls.ts';
import { fillRecords } from './records/fill.ts';
import { explainStatements } from './records/plans.ts';
import type { Measurement, SectionReport } from './report.ts';

const PLATFORM = 'bench:records';
/** Instances; five images and ten ended operations for each. */
const FEW = 1_000;
const MANY = 20_000;

interface Cost {
  readonly rowsRead: number;
  readonly pages: number;
  readonly ms: readonly number[];
  readonly statements: number;
  readonly scanned: readonly string[];
}

async function measure(place: Place, instances: number, runs: number): Promise<ReadonlyMap<string, Cost>> {
  await using server = await startPlainServer(place, `records-${instances}`);
  const url = server.urlOf('postgres');
  await migrateDatabase(url);
  await using stops = new AsyncDisposableStack();
  const database = openDatabase({ url });
  stops.defer(() => database.stop());
  const boss = await startBoss({ url, log: createLogger('warn') });
  stops.defer(() => boss.stop({ graceful: false }));
  place.say(`records: filling ${instances} instances`);
  await fillRecords(url, PLATFORM, instances);
  const secrets = createSecretBox({ keys: [parseSecretKey(randomBytes(32).toString('base64'))] });
  const costs = new Map<string, Cost>();
  for (const { name, run } of await listRecordCalls(database, secrets, PLATFORM)) {
    // The first time reads what is not in memory yet.
    await run();
    const ms: number[] = [];
    let last = await explainStatements(database, run);
    for (let i = 0; i < runs; i += 1) {
      last = await explainStatements(database, run);
      ms.push(last.reduce((sum, plan) => sum + plan.ms, 0));
    }
    costs.set(name, {
      ms,
      rowsRead: last.reduce((sum, plan) => sum + plan.rowsRead, 0),
      pages: last.reduce((sum, plan) => sum + plan.pages, 0),
      statements: last.length,
      scanned: last.flatMap((plan) => plan.scanned),
    });
  }
  return costs;
}

/** What the statements of lists, lookups, upkeep and diagnostics cost with few records and with twenty times as many. */
export async function benchRecords(place: Place, { runs }: BenchOptions): Promise<SectionReport> {
  const few = await measure(place, FEW, runs);
  const many = await measure(place, MANY, runs);
  const measurements = [...many].map(([name, cost]): Measurement => {
    const before = few.get(name);
    const scans = cost.scanned.length === 0 ? '' : `; scans ${[...new Set(cost.scanned)].join(', ')}`;
    return {
      name,
      unit: 'ms',
      values: cost.ms,
      against: [{ name: `${FEW} instances`, values: before?.ms ?? [] }],
      notes: [
        `${cost.statements} statements, ${cost.rowsRead} rows (${before?.rowsRead} of ${FEW}) and ${cost.pages} pages (${before?.pages}) read${scans}`,
      ],
    };
  });
  const slowest = [...many].sort((a, b) => median(b[1].ms) - median(a[1].ms))[0];
  if (slowest !== undefined) place.say(`records: the slowest is "${slowest[0]}"`);
  return {
    section: `statements with ${MANY} instances, ${5 * MANY} images and ${10 * MANY} ended operations`,
    measurements,
  };
}
