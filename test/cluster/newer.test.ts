import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEverything } from '../support/cluster-objects.ts';
import { compareFacts } from '../support/compare-servers.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';
import { fillNewerServer } from '../support/nasty-newer.ts';
import { fillNastyServer } from '../support/nasty-server.ts';
import { readServerFacts } from '../support/server-facts.ts';

/** Separated by commas; there must be job images for them. */
const VERSIONS = (process.env.TOYGRES_TEST_NEWER_VERSIONS ?? '17').split(',');
const PATIENCE_MS = 600_000;

let world: ControlPlane;
let found: readonly string[];

beforeAll(async () => {
  world = await startControlPlane('cluster-newer');
  found = await listEverything(world.namespace);
});

afterAll(() => world?.stop());

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

    await api.untilOver((await api.deleteImage(image.id)).operationId);
    for (const { id } of [restored, created]) {
      await api.untilOver((await api.changeInstance('delete', id)).operationId);
    }
    expect(await listEverything(world.namespace)).toEqual(found);
  }, 1_800_000);
});
