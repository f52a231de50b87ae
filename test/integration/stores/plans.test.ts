import type { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listRecordCalls, type RecordCall } from '../../../bench/records/calls.ts';
import { fillRecords } from '../../../bench/records/fill.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';
import { secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const INSTANCES = 2000;
const PLATFORM = 'local:x';
const GROWING = [
  'instances',
  'images',
  'operations',
  'operation_steps',
  'operation_events',
  'jobs',
  'health_checks',
  'changes',
  'drills',
  'schedule_runs',
  'alerts',
];
/** Counts all records, ended ones too: no index spares it that. */
const OF_ALL: readonly string[] = ['metrics: counts of records'];

let cms: TestDatabase;
let boss: PgBoss;
let calls: readonly RecordCall[];
beforeAll(async () => {
  cms = await createTestDatabase();
  // The schema of the queue.
  boss = await startBoss({ url: cms.url, log: createLogger('silent') });
  await fillRecords(cms.url, PLATFORM, INSTANCES);
  calls = await listRecordCalls(cms.database, secrets, PLATFORM);
}, 180_000);
afterAll(async () => {
  await boss.stop({ graceful: false });
  await cms.stop();
});

interface Look {
  /** Gets the statements. */
  readonly texts?: string[];
  /** True: only what cannot be read in another way. A table of this size may be read sooner than an index of it. */
  readonly whatever?: boolean;
}

/** The tables that a statement reads from their beginning to their end, as its plan has it. */
async function scannedBy(work: () => Promise<unknown>, { texts = [], whatever = false }: Look = {}): Promise<string[]> {
  const statements: { text: string; values: unknown[] }[] = [];
  const { pool } = cms.database;
  const query = pool.query.bind(pool);
  const spy = (first: { text: string } | string, values?: unknown[], ...rest: unknown[]) => {
    const text = typeof first === 'string' ? first : first.text;
    const given = values ?? (first as { values?: unknown[] }).values ?? [];
    statements.push({ text, values: Array.isArray(given) ? given : [] });
    return (query as (...words: unknown[]) => unknown)(first, values, ...rest);
  };
  pool.query = spy as typeof pool.query;
  try {
    await work();
  } finally {
    pool.query = query as typeof pool.query;
  }
  expect(statements.length).toBeGreaterThan(0);
  texts.push(...statements.map(({ text }) => text));
  const scanned: string[] = [];
  for (const { text, values } of statements) {
    const client = await pool.connect();
    await client.query(`BEGIN; SET LOCAL enable_seqscan = ${whatever ? 'off' : 'on'}`);
    const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${text}`, values);
    await client.query('ROLLBACK');
    client.release();
    const visit = (node: Record<string, unknown>): void => {
      if (node['Node Type'] === 'Seq Scan' && GROWING.includes(String(node['Relation Name']))) {
        scanned.push(`${node['Relation Name']}: ${text}`);
      }
      for (const child of (node.Plans as Record<string, unknown>[] | undefined) ?? []) visit(child);
    };
    visit(rows[0]['QUERY PLAN'][0].Plan);
  }
  return scanned;
}

it('no list, filter, lookup, round of upkeep or diagnostic has to scan a table that grows', async () => {
  const found: string[] = [];
  for (const { name, run } of calls) {
    if (OF_ALL.includes(name)) continue;
    for (const scan of await scannedBy(run, { whatever: true })) found.push(`${name}: ${scan.split(':')[0]}`);
  }
  expect(found).toEqual([]);
});

it.each(['instances', 'images', 'operations'])('no list or filter of %s does, though it could', async (noun) => {
  const lists = calls.filter(({ name }) => name === noun || name.startsWith(`${noun} `));
  expect(lists.length).toBeGreaterThan(4);
  for (const { name, run } of lists) expect(await scannedBy(run), name).toEqual([]);
});

it('a list counts only where somebody asks for it', async () => {
  const instances = createInstanceQueries(cms.database, secrets);
  const statements = async (counted: boolean) => {
    const texts: string[] = [];
    await scannedBy(() => instances.page({}, { first: 5, after: null, counted }), { texts });
    return texts.filter((text) => /count\(/.test(text)).length;
  };
  expect(await statements(false)).toBe(0);
  expect(await statements(true)).toBe(1);
});

it('and a statement that scans is told', async () => {
  expect(await scannedBy(() => cms.database.pool.query('SELECT * FROM cms.images'))).toHaveLength(1);
});
