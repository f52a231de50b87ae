import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FILE_KEY } from '../../../jobs/ports/mover-secrets.ts';
import { spawnOptionsFor } from '../../../src/postgres-programs/identity.ts';
import { generateFileKey } from '../../../src/secrets/age/generate-file-key.ts';
import type { ScriptEnd } from '../../support/job-script.ts';
import { createScriptHarness, leave, type ScriptHarness } from '../../support/script-harness.ts';
import { ROOT } from '../../support/source-files.ts';
import type { SourceServer } from '../../support/source-server.ts';

const run = promisify(execFile);
const PASSWORD_FACT = 'SELECT rolpassword FROM pg_authid WHERE rolname = $$clerk$$';

let harness: ScriptHarness;
let source: SourceServer;
const started: SourceServer[] = [];

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--data-checksums', '--encoding=UTF8', '--locale=C.UTF-8']);
  await source.query('postgres', "CREATE ROLE clerk LOGIN PASSWORD 'a clerk of the shop'");
  await source.query('postgres', 'CREATE DATABASE "the shop" OWNER clerk');
  await source.query(
    'the shop',
    'CREATE TABLE kept AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 9000) g',
  );
  await source.query('the shop', 'ALTER TABLE kept ADD PRIMARY KEY (id)');
  // More of a middle size than go on their own: they travel in packs of theirs.
  await source.query(
    'the shop',
    `DO $do$ BEGIN FOR n IN 1..36 LOOP
      EXECUTE format('CREATE TABLE %I AS SELECT id, repeat(text, 10) AS text FROM kept WHERE id <= 3500', 'middle ' || n);
    END LOOP; END $do$`,
  );
});
afterAll(async () => {
  for (const server of started) await server.stop();
  await harness?.stop();
});

/** The blocks of the page for a method, in their order, as one script. */
async function commandsFor(method: 'physical' | 'logical', isEncrypted: boolean): Promise<string> {
  const page = await readFile(path.join(ROOT, 'docs/restore-by-hand.md'), 'utf8');
  const blocks = [...page.matchAll(/^```sh( \w+)?\n([\s\S]*?)^```$/gm)];
  const tags = ['', ` ${method}`, ...(isEncrypted ? [' encrypted'] : [])];
  const wanted = blocks.filter(([, of = '']) => tags.includes(of));
  expect(wanted.length).toBeGreaterThan(isEncrypted ? 4 : 2);
  return ['set -eu', ...wanted.map(([, , block]) => block)].join('\n');
}

/** What of the manifest the page reads, as the control plane writes it behind the files. */
async function publish(id: string, end: ScriptEnd, method: string): Promise<void> {
  const [result] = end.results as { checksums: object; cluster: object }[];
  const files = [result?.checksums];
  const content = JSON.stringify({ method, postgresVersion: '15', cluster: result?.cluster, files });
  await harness.container.getBlockBlobClient(`${id}/manifest.json`).upload(content, Buffer.byteLength(content));
}

async function take(
  script: 'backup.sh' | 'backup-physical',
  method: string,
  key: Readonly<Record<string, string>>,
  nthRun: string,
): Promise<string> {
  const id = randomUUID();
  const url = `${harness.container.url}/${id}`;
  const end = await harness.runner.run(script, {
    parameters: {
      PGHOST: source.host,
      PGPORT: String(source.port),
      PGUSER: source.user,
      TOYGRES_IMAGE_URL: url,
      TOYGRES_PARALLEL: '2',
      TOYGRES_RUN: nthRun,
    },
    secrets: { password: source.password, sas: leave(harness.azurite, 'cw'), ...key },
  });
  expect(end).toMatchObject({ exitCode: 0 });
  await publish(id, end, method);
  return url;
}

/** As the user of servers, in an empty directory, with nothing of ours but the page. */
async function restoreByHand(
  url: string,
  method: 'physical' | 'logical',
  fileKey: string | null,
): Promise<SourceServer> {
  const directory = await harness.runner.makeDirectory('by-hand');
  await chmod(directory, 0o700);
  const keyFile = path.join(await harness.runner.makeDirectory('key'), 'image-key');
  if (fileKey !== null) await keepFor(keyFile, fileKey);
  const tools = path.join(path.dirname(directory), 'tools');
  await run('bash', ['-c', await commandsFor(method, fileKey !== null)], {
    ...spawnOptionsFor(harness.runner.identity),
    cwd: directory,
    env: {
      PATH: [harness.runner.binDirectory, tools, '/usr/bin', '/bin'].join(':'),
      HOME: directory,
      LC_ALL: 'C.UTF-8',
      AZCOPY_DISABLE_SYSLOG: 'true',
      IMAGE_URL: url,
      SAS: leave(harness.azurite, 'rl'),
      ...(fileKey === null ? {} : { IMAGE_KEY: keyFile }),
    },
  });
  const server = await harness.startRestored(await placeOf(path.join(directory, 'image')), source.password);
  started.push(server);
  return server;
}

/** Where the page made the server: where the files of the image lie. */
async function placeOf(image: string): Promise<string> {
  const [place = ''] = (await readdir(image)).filter((name) => name.startsWith('attempt-'));
  return path.join(image, place);
}

async function keepFor(file: string, text: string): Promise<void> {
  await writeFile(file, `${text}\n`, { mode: 0o600 });
  const { identity } = harness.runner;
  if (identity !== null) await chown(file, identity.uid, identity.gid);
}

/** The page needs them, and says so; the product does not. */
const hasTools = ['jq', 'zstd', 'age'].every((name) => existsSync(`/usr/bin/${name}`));

describe.skipIf(!hasTools)('the commands of docs/restore-by-hand.md', () => {
  test.each([
    ['PHYSICAL', 'as it is', '1', 'backup-physical', 'physical'],
    ['LOGICAL', 'as it is', '2', 'backup.sh', 'logical'],
    ['PHYSICAL', 'encrypted', '2', 'backup-physical', 'physical'],
    ['LOGICAL', 'encrypted', '1', 'backup.sh', 'logical'],
  ] as const)(
    '%s, %s, by run %s: bring an image back as it was, with plain tools alone',
    async (name, how, nthRun, script, method) => {
      const fileKey = how === 'encrypted' ? await generateFileKey() : null;
      const url = await take(script, name, fileKey === null ? {} : { [FILE_KEY]: fileKey }, nthRun);
      const server = await restoreByHand(url, method, fileKey);
      if (name === 'LOGICAL') {
        const names: string[] = [];
        const prefix = `${url.slice(harness.container.url.length + 1)}/`;
        for await (const blob of harness.container.listBlobsFlat({ prefix })) names.push(blob.name);
        expect(names.some((blob) => /\/packs\/\d+\.tar(\.age)?$/.test(blob))).toBe(true);
        expect(names.some((blob) => /\/packs\/\d+\.tar\.zst(\.age)?$/.test(blob))).toBe(true);
      }
      const middle = `SELECT string_agg(query_to_xml(format('SELECT sum(hashtext(t::text)) FROM %I t', relname), true, false, '')::text,
        ',' ORDER BY relname) AS sums FROM pg_class WHERE relname LIKE 'middle %'`;
      expect(await server.query('the shop', middle)).toEqual(await source.query('the shop', middle));
      const sum = 'SELECT count(*)::int AS rows, md5(string_agg(id || text, $$,$$ ORDER BY id)) AS sum FROM kept';
      expect(await server.query('the shop', sum)).toEqual(await source.query('the shop', sum));
      expect(await server.query('postgres', PASSWORD_FACT)).toEqual(await source.query('postgres', PASSWORD_FACT));
    },
  );
});
