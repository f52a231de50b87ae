import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImageQueries } from '../../../src/stores/images/queries.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const INSTANCES = 3000;
const GROWING = ['instances', 'images', 'operations', 'operation_steps', 'operation_events', 'jobs', 'health_checks'];

let cms: TestDatabase;
beforeAll(async () => {
  cms = await createTestDatabase();
  await cms.database.pool.query(`
    INSERT INTO cms.instances (id, name, resource_name, namespace, platform, image_type, postgres_version, storage_gib,
      exposure, state, health, labels, encrypted_password, created_at)
    SELECT gen_random_uuid(), 'shop-' || md5(n::text), 'shop-' || n, 'test', 'local:x', 'STOCK', '15', 1, 'INTERNAL',
      CASE WHEN n % 10 = 0 THEN 'RUNNING' ELSE 'DELETED' END, 'UNKNOWN', jsonb_build_object('team', 'team-' || n % 500), 'x',
      now() - make_interval(mins => n::int)
    FROM generate_series(1, ${INSTANCES}) n`);
  await cms.database.pool.query(`
    INSERT INTO cms.images (id, name, state, method, image_type, postgres_version, source_instance_id, source_instance_name,
      platform, source_storage_gib, labels, created_at)
    SELECT gen_random_uuid(), 'nightly-' || md5(k || '-' || n), CASE WHEN n % 10 = 0 THEN 'AVAILABLE' ELSE 'DELETED' END, 'LOGICAL',
      'STOCK', '15', i.id, i.name, 'local:x', 1, jsonb_build_object('team', 'team-' || n % 500), now() - make_interval(mins => n::int)
    FROM generate_series(1, 3) k, LATERAL (SELECT id, name, row_number() OVER () * k AS n FROM cms.instances) i`);
  await cms.database.pool.query(`
    INSERT INTO cms.operations (id, kind, workflow, workflow_version, platform, state, input, requested_by, excludes_on_instance,
      excludes_on_image, instance_id, image_id, created_at, finished_at)
    SELECT gen_random_uuid(), CASE WHEN n % 100 = 0 THEN 'STOP_INSTANCE' ELSE 'CREATE_IMAGE' END, 'create-image', '1.0.0',
      'local:x', CASE WHEN n % 100 = 1 THEN 'FAILED' ELSE 'SUCCEEDED' END, '{}', 'admin', false, false, source_instance_id, id, created_at,
      created_at FROM (SELECT *, row_number() OVER () AS n FROM cms.images) i`);
  await cms.database.pool.query('ANALYZE');
}, 120_000);
afterAll(() => cms.stop());

/** The tables that a statement reads from their beginning to their end, as its plan has it. */
async function scannedBy(work: () => Promise<unknown>): Promise<string[]> {
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
  const scanned: string[] = [];
  for (const { text, values } of statements) {
    const { rows } = await pool.query(`EXPLAIN (FORMAT JSON) ${text}`, values);
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

const page = { first: 50, after: null, counted: false };

describe('a list scans no table that grows', () => {
  it.each([
    ['all of them', {}],
    ['by state', { state: ['RUNNING'] as const }],
    ['by labels', { labels: { team: 'team-10' } }],
    ['by a part of a name', { nameContains: 'a3f' }],
  ])('instances: %s', async (_, criteria) => {
    const queries = createInstanceQueries(cms.database, secrets);
    expect(await scannedBy(() => queries.page(criteria, page))).toEqual([]);
  });

  it.each([
    ['all of them', {}],
    ['by state', { state: ['FAILED'] as const }],
    ['by labels', { labels: { team: 'team-10' } }],
    ['by a part of a name', { nameContains: 'a3f' }],
  ])('images: %s', async (_, criteria) => {
    expect(await scannedBy(() => createImageQueries(cms.database).page(criteria, page))).toEqual([]);
  });

  it.each([
    ['all of them', {}],
    ['by an ended state', { state: ['FAILED'] as const }],
    ['by kind', { kind: ['STOP_INSTANCE'] as const }],
  ])('operations: %s', async (_, criteria) => {
    expect(await scannedBy(() => createOperationQueries(cms.database).page(criteria, page))).toEqual([]);
  });

  it('pages beneath many parents: neither images nor operations', async () => {
    const { rows } = await cms.database.pool.query(`SELECT id FROM cms.instances LIMIT 20`);
    const ids = rows.map(({ id }) => id as string);
    const small = { ...page, first: 5 };
    expect(await scannedBy(() => createImageQueries(cms.database).pagesOfInstances(ids, small))).toEqual([]);
    expect(await scannedBy(() => createOperationQueries(cms.database).pagesOfInstances(ids, small))).toEqual([]);
  });

  it('and a statement that did would be told', async () => {
    expect(await scannedBy(() => cms.database.pool.query('SELECT count(*) FROM cms.images'))).toHaveLength(1);
  });
});
