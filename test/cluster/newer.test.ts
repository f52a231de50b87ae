import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEverything } from '../support/cluster-objects.ts';
import { compareFacts } from '../support/compare-servers.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';
import { fillNewerServer } from '../support/nasty-newer.ts';
import { fillNastyServer } from '../support/nasty-server.ts';
import { readServerCase, runWithPsql } from '../support/server-case.ts';
import { readServerFacts, type ServerLogin } from '../support/server-facts.ts';

/** Separated by commas; there must be job images for them. */
const VERSIONS = (process.env.TOYGRES_TEST_NEWER_VERSIONS ?? '17').split(',');
const PATIENCE_MS = 600_000;
const CASES = [
  'child-dropped-not-null',
  'check-reads-another-table',
  'citext-turns-case-sensitive',
  'orphaned-foreign-key',
];

interface Made {
  readonly id: string;
}

let world: ControlPlane;
let found: readonly string[];

beforeAll(async () => {
  world = await startControlPlane('cluster-newer');
  found = await listEverything(world.namespace);
});

afterAll(() => world?.stop());

async function removeAll(image: Made, instances: readonly Made[]): Promise<void> {
  const { api } = world;
  await api.untilOver((await api.deleteImage(image.id)).operationId);
  for (const { id } of instances) await api.untilOver((await api.changeInstance('delete', id)).operationId);
}

/** What the cases ask of their own databases. */
async function readAnswers(login: ServerLogin): Promise<readonly unknown[]> {
  const cases = await Promise.all(CASES.map(readServerCase));
  return Promise.all(cases.flatMap(({ checks }) => checks.map(({ database, sql }) => query(login, database, sql))));
}

/** What is so in every version, and not said in the words of one: nothing is gone, and each row is as it was. */
const isOfAnyVersion = (difference: string) =>
  /^(missing|role|database)|: rows of |: large object/.test(difference) &&
  !/grant on what is not of users/.test(difference);

describe.each(VERSIONS)('a server of PostgreSQL 15, restored as %s', (version) => {
  test('comes back whole, and what the newer version does otherwise is said', async () => {
    const { api } = world;
    const created = await api.createInstance({ name: `old-${version}`, postgresVersion: '15', storageGib: 1 });
    await api.untilOver(created.operationId);
    const login = await world.login(created.id);
    const server = { query: (database: string, sql: string) => query(login, database, sql) };
    for (const name of CASES) await runWithPsql(login, (await readServerCase(name)).file);
    await server.query('postgres', `COPY (SELECT) TO PROGRAM 'mkdir /volume/far_disk'`);
    await fillNastyServer(server, '/volume/far_disk');
    const before = await readServerFacts(login);
    const answers = await readAnswers(login);

    const image = await api.createImage({ name: `old-${version}`, instanceId: created.id });
    await api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
    const restored = await api.createInstance({
      name: `new-${version}`,
      sourceImageId: image.id,
      postgresVersion: version,
      storageGib: 1,
    });
    await api.untilOver(restored.operationId, 'SUCCEEDED', PATIENCE_MS);
    const { operation } = await api.request<{ operation: { findings: { code: string; object: string }[] } }>(
      'query ($id: ID!) { operation(id: $id) { findings { code object } } }',
      { id: restored.operationId },
    );
    expect(operation.findings.map(({ code, object }) => `${code} ${object}`).sort()).toEqual([
      'BACKGROUND_WORK_HELD from_far',
      // A child no longer goes without what its parent asks of it.
      ...(Number(version) >= 18 ? ['CONSTRAINT_LEFT_OUT events_at_not_null on public.events'] : []),
      'CONSTRAINT_NOT_VALID children_parent_fkey on public.children',
    ]);
    const copy = await world.login(restored.id);
    expect(await readAnswers(copy)).toEqual(answers);
    expect(compareFacts(before, await readServerFacts(copy)).filter(isOfAnyVersion)).toEqual([
      'missing: ALTER SYSTEM setting port (1)',
      'missing: ALTER SYSTEM setting archive_command (false)',
      // It is there, by another name.
      'missing: shop: object cast (public.hstore AS pg_catalog.json) ()',
    ]);

    await removeAll(image, [restored, created]);
    expect(await listEverything(world.namespace)).toEqual(found);
  }, 1_800_000);
});

describe.each(VERSIONS)('PostgreSQL %s', (version) => {
  test('a server with everything and the worst names comes back as the same server', async () => {
    const { api } = world;
    const created = await api.createInstance({ name: `source-${version}`, postgresVersion: version, storageGib: 1 });
    await api.untilOver(created.operationId);
    const login = await world.login(created.id);
    const server = { query: (database: string, sql: string) => query(login, database, sql) };
    await server.query('postgres', `COPY (SELECT) TO PROGRAM 'mkdir /volume/far_disk'`);
    await fillNastyServer(server, '/volume/far_disk');
    await fillNewerServer(server, Number(version));
    const before = await readServerFacts(login);

    const image = await api.createImage({ name: `image-${version}`, instanceId: created.id });
    await api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
    const restored = await api.createInstance({ name: `copy-${version}`, sourceImageId: image.id, storageGib: 1 });
    await api.untilOver(restored.operationId, 'SUCCEEDED', PATIENCE_MS);
    expect(compareFacts(before, await readServerFacts(await world.login(restored.id)))).toEqual([
      'ALTER SYSTEM setting shared_preload_libraries: was pg_stat_statements, "no such library", is pg_stat_statements',
      'missing: ALTER SYSTEM setting port (1)',
      'missing: ALTER SYSTEM setting archive_command (false)',
    ]);

    await removeAll(image, [restored, created]);
    expect(await listEverything(world.namespace)).toEqual(found);
  }, 1_800_000);
});
