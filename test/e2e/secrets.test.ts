import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPostgresPrograms } from '../../src/postgres-programs/find.ts';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { fillSlowServer, holdTable } from '../support/e2e-data.ts';
import { openImages, query, readRecordsLogin } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';

const run = promisify(execFile);
/** Letters and digits only, so that it stands the same in SQL, JSON, URLs and shells. */
const PASSWORD = 'mArKeR7f3a4242eE0pAsSwOrD';
const SIGNATURE = /sig=[A-Za-z0-9%+/]{20}/;

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;
/** By what they are for. */
let secrets: ReadonlyMap<string, string>;

beforeAll(async () => {
  home = await makeE2eHome('secrets');
  server = await home.start('standalone', { LOG_LEVEL: 'trace' });
  api = createE2eClient(server);
  const read = async (name: string) => (await readFile(path.join(home.directory, name), 'utf8')).trim();
  secrets = new Map([
    ['password', PASSWORD],
    ['token', await read('token')],
    ['encryption key', await read('encryption-key')],
    ['password of the records', await read('state/cms/password')],
    ['key of the blob store', await read('state/azurite/account-key')],
  ]);
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

/** Which secrets stand in a text. */
function findSecrets(text: string): readonly string[] {
  const found = [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => name);
  return SIGNATURE.test(text) ? [...found, 'signature'] : found;
}

/** Every file below the home that holds a secret, as `path mode: secret`. */
async function searchHome(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(home.directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    // A file may go, or be a pipe or a socket, while we look.
    const facts = entry.isFile() ? await stat(file).catch(() => null) : null;
    const content = facts === null ? '' : await readFile(file, 'latin1').catch(() => '');
    for (const secret of findSecrets(content)) {
      found.push(`${path.relative(home.directory, file)} ${(Number(facts?.mode) & 0o777).toString(8)}: ${secret}`);
    }
  }
  return found.sort();
}

/** What processes show to other users of the machine: their command lines. */
async function searchCommandLines(): Promise<readonly string[]> {
  const lines = await Promise.all(
    (await home.processes()).map((one) =>
      readFile(`/proc/${Number.parseInt(one, 10)}/cmdline`, 'latin1').catch(() => ''),
    ),
  );
  return lines.flatMap(findSecrets);
}

/** Everything that the API tells but credentials. */
async function readWholeApi(operationIds: readonly string[]): Promise<string> {
  const answer = await api.request(`{
    viewer { name } diagnostics { name detail remedy }
    instances(filter: { state: [CREATING, RUNNING, STOPPED, DELETING, DELETED, FAILED] }) { nodes {
      id name resourceName endpoint { connectionString } failure { message } labels { key value } } }
    images(filter: { state: [CREATING, AVAILABLE, FAILED, DELETING, DELETED] }) { nodes {
      id name description files { name } databases { name owner } failure { message } } }
    operations { nodes { id failure { message } steps { name progress { message } failure { message } }
      jobs { id name logs { text } } } } }`);
  const events: unknown[] = [];
  for (const id of operationIds) for await (const event of api.events(id)) events.push(event);
  const logs: unknown[] = [];
  const { instances } = answer as { instances: { nodes: { id: string }[] } };
  for (const { id } of instances.nodes) {
    for (const field of ['instanceLogs', 'instanceLogBatches']) {
      const document = `subscription ($id: ID!) { ${field}(instanceId: $id, follow: false) { text } }`;
      for await (const lines of api.subscribe(document, { id })) logs.push(lines);
    }
  }
  expect(logs.length).toBeGreaterThan(0);
  return JSON.stringify([answer, events, logs]);
}

async function dumpRecords(): Promise<string> {
  const [programs] = await findPostgresPrograms(null);
  const { host, port, user, password } = await readRecordsLogin(home.directory);
  const { stdout } = await run(
    path.join(programs?.directory ?? '', 'pg_dump'),
    ['-h', host, '-p', String(port), '-U', user, '--inserts', 'postgres'],
    { env: { PGPASSWORD: password }, maxBuffer: 1 << 28 },
  );
  return stdout;
}

test('no secret stands anywhere but in its own file, while jobs run and after them', async () => {
  const source = await api.createInstance({ name: 'source', password: PASSWORD });
  await api.untilOver(source.operationId);
  const login = await api.login(source.id);
  await fillSlowServer(login);

  const held = await holdTable(login, 'orders');
  const image = await api.createImage({ name: 'whole', instanceId: source.id });
  await api.untilStep(image.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
  expect(await searchCommandLines()).toEqual([]);
  const own = [
    /^encryption-key 600: encryption key$/,
    /^token 600: token$/,
    /^state\/cms\/password 600: password of the records$/,
    /^state\/azurite\/account-key 600: key of the blob store$/,
  ];
  const ofJobs = [
    /^state\/jobs\/[^/]+\/(run\/)?secrets\/\w+ 600: (password|signature)$/,
    /^state\/run\/\S+ 600: password$/,
    // The mover's alone, and gone with the attempt.
    /^state\/run\/[0-9a-f]+\/\d+\/grant\/[\w-]+ 600: signature$/,
  ];
  const during = await searchHome();
  expect(during.filter((line) => ![...own, ...ofJobs].some((pattern) => pattern.test(line)))).toEqual([]);
  expect(during.filter((line) => ofJobs.some((pattern) => pattern.test(line)))).not.toEqual([]);
  await held.release();
  await api.untilOver(image.operationId);

  const copy = await api.createInstance({ name: 'copy', sourceImageId: image.id });
  await api.untilOver(copy.operationId);
  await query(login, 'postgres', `ALTER ROLE postgres PASSWORD 'mArKeR of somebody else'`);
  const failed = await api.createImage({ name: 'failed', instanceId: source.id });
  await api.untilOver(failed.operationId, 'FAILED');
  await expect(api.createInstance({ name: 'source', password: PASSWORD })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(api.createInstance({ name: 'x', password: [PASSWORD] })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });

  // A server's password served when it was made: no file keeps it.
  const after = await searchHome();
  expect(after.filter((line) => !own.some((pattern) => pattern.test(line)))).toEqual([]);
  expect(own.filter((pattern) => !after.some((line) => pattern.test(line)))).toEqual([]);

  const operations = [source, image, copy, failed].map(({ operationId }) => operationId);
  expect(findSecrets(await readWholeApi(operations))).toEqual([]);
  expect(findSecrets(await dumpRecords())).toEqual([]);
  expect(server.output().length).toBeGreaterThan(1_000);
  expect(findSecrets(server.output())).toEqual([]);
  const images = await openImages(home.directory);
  for await (const { name } of images.listBlobsFlat()) {
    const content = await images.getBlockBlobClient(name).downloadToBuffer();
    expect([name, findSecrets(content.toString('latin1'))]).toEqual([name, []]);
  }
});
