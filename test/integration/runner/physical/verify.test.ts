import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { damageFile, lengthen } from '../../../support/damage-cluster.ts';
import { createScriptHarness, leave, type ScriptHarness } from '../../../support/script-harness.ts';
import type { SourceServer } from '../../../support/source-server.ts';

const WORD = 'a word by which its page is found';
let harness: ScriptHarness;
let source: SourceServer;
let image: { readonly id: string; readonly url: string; readonly checksums: { sizeBytes: number; sha256: string } };

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--data-checksums', '--encoding=UTF8', '--locale=C.UTF-8'], { autovacuum: 'off' });
  await source.query('postgres', 'CREATE DATABASE closed');
  await source.query(
    'closed',
    `CREATE TABLE kept AS SELECT g AS id, CASE g WHEN 7 THEN '${WORD}' ELSE md5(g::text) END AS word FROM generate_series(1, 500) g`,
  );
  await source.query('postgres', 'ALTER DATABASE closed ALLOW_CONNECTIONS false');
  const id = randomUUID();
  const url = `${harness.container.url}/${id}`;
  const end = await harness.runner.run('backup-physical', {
    parameters: { ...server(), TOYGRES_IMAGE_URL: url, TOYGRES_IMAGE_ID: id },
    secrets: { password: source.password, sas: leave(harness.azurite, 'cw') },
  });
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  image = { id, url, checksums: end.results[0]?.checksums as typeof image.checksums };
});
afterAll(() => harness?.stop());

const server = () => ({ PGHOST: source.host, PGPORT: String(source.port), PGUSER: source.user });

/** The job of a drill that looks through a server and through its image. */
async function look() {
  const end = await harness.runner.run('verify-physical', {
    parameters: {
      ...server(),
      TOYGRES_IMAGE_ID: image.id,
      TOYGRES_IMAGE_URL: image.url,
      TOYGRES_PARALLEL: '2',
      TOYGRES_CHECKSUMS_SHA256: image.checksums.sha256,
      TOYGRES_CHECKSUMS_BYTES: String(image.checksums.sizeBytes),
    },
    secrets: { password: source.password, sas: leave(harness.azurite, 'rl') },
  });
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  return end.results[0] as { databases: number; tables: number; rows: number; findings: Finding[] };
}

test('a server that is sound is looked through whole, with a database that takes no connections', async () => {
  expect(await look()).toEqual({ databases: 3, tables: 1, rows: 500, findings: [] });
});

test('a row of that database that was damaged below the checksum of its page is found, though all can be read', async () => {
  await source.query('postgres', 'ALTER DATABASE closed ALLOW_CONNECTIONS true');
  const [row] = await source.query('closed', `SELECT pg_relation_filepath('kept') AS file`);
  await source.query('postgres', 'ALTER DATABASE closed ALLOW_CONNECTIONS false');
  await source.query('postgres', 'CHECKPOINT');
  await source.stop();
  await damageFile(source.dataDirectory, String(row?.file), lengthen(WORD, 60));
  source = await harness.startRestored(source.dataDirectory.replace(/\/pgdata$/, ''), source.password, {
    autovacuum: 'off',
  });
  const { findings, databases } = await look();
  expect(databases).toBe(3);
  expect(findings).toMatchObject([
    { code: 'DATA_DAMAGED', severity: 'CRITICAL', database: 'closed', object: 'public.kept' },
  ]);
});
