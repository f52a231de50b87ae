import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signalPid } from '../../../src/machine/process-mark.ts';
import { spawnOptionsFor } from '../../../src/postgres-programs/identity.ts';
import type { ScriptEnd } from '../../support/job-script.ts';
import { changePacks, unpackImage } from '../../support/packed-image.ts';
import { hasTcpSocket, killProcess, readProcessTree, untilProcess } from '../../support/process-tree.ts';
import { createScriptHarness, type ScriptHarness, type TakenImage } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
let image: TakenImage;
/** Of more rows: its load is still under way when somebody has looked at it, also on a busy machine. */
let long: TakenImage;

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await source.query('postgres', 'CREATE DATABASE shop');
  await source.query(
    'shop',
    `CREATE TABLE orders AS SELECT i, md5(i::text) FROM generate_series(1, 200000) i; CREATE INDEX ON orders (md5)`,
  );
  image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0 });
  await source.query('shop', `INSERT INTO orders SELECT i, md5(i::text) FROM generate_series(200001, 2000000) i`);
  long = await harness.backup(source);
  expect(long.end).toMatchObject({ exitCode: 0 });
  await source.query('shop', 'DELETE FROM orders WHERE i > 200000');
}, 180_000);

afterAll(() => harness.stop());

function expectFailure(end: ScriptEnd, status: number, cause: RegExp): void {
  expect(end.errors.at(-1)).toMatch(cause);
  expect(end).toMatchObject({ exitCode: status, results: [] });
}

/** The same files under another prefix, to be harmed. */
async function copyImage(): Promise<TakenImage & { readonly files: readonly string[] }> {
  const id = randomUUID();
  const files: string[] = [];
  for await (const blob of harness.container.listBlobsFlat({ prefix: `${image.id}/` })) {
    const file = blob.name.slice(image.id.length + 1);
    files.push(file);
    const content = await harness.container.getBlobClient(blob.name).downloadToBuffer();
    await harness.container.getBlockBlobClient(`${id}/${file}`).uploadData(content);
  }
  return { ...image, id, url: `${harness.container.url}/${id}`, files };
}

const dataFile = (files: readonly string[]) => files.find((file) => file !== 'checksums.tsv') ?? '';

async function ownDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  if (harness.runner.identity !== null)
    await chown(directory, harness.runner.identity.uid, harness.runner.identity.gid);
}

test('a file that was altered after the upload is named, and no server comes of it', async () => {
  const harmed = await copyImage();
  const file = dataFile(harmed.files);
  const blob = harness.container.getBlockBlobClient(`${harmed.id}/${file}`);
  const content = await blob.downloadToBuffer();
  content.writeUInt8(content.readUInt8(content.length >> 1) ^ 1, content.length >> 1);
  await blob.uploadData(content);
  const { end, volume } = await harness.restore(harmed);
  expectFailure(end, 78, new RegExp(`damaged: ${file} is not what was written`));
  expect(await readdir(volume)).not.toContain('pgdata');
  expect(await readdir(volume)).not.toContain('restored-from');
});

test('a file that was cut and one that is missing are named, and one too many is not read', async () => {
  const cut = await copyImage();
  const file = dataFile(cut.files);
  const blob = harness.container.getBlockBlobClient(`${cut.id}/${file}`);
  await blob.uploadData((await blob.downloadToBuffer()).subarray(0, 1000));
  expectFailure((await harness.restore(cut)).end, 78, new RegExp(`damaged: ${file} has 1000 bytes instead of [0-9]+`));

  await blob.delete();
  expectFailure((await harness.restore(cut)).end, 78, new RegExp(`damaged: missing ${file}`));

  const more = await copyImage();
  await harness.container.getBlockBlobClient(`${more.id}/databases/extra.dat`).uploadData(Buffer.from('x'));
  expect((await harness.restore(more)).end).toMatchObject({ exitCode: 0, errors: [] });
});

test('a list of checksums that was cut or is missing, and an image that is not there, are errors', async () => {
  const cut = await copyImage();
  const list = harness.container.getBlockBlobClient(`${cut.id}/checksums.tsv`);
  await list.uploadData((await list.downloadToBuffer()).subarray(0, 200));
  expectFailure((await harness.restore(cut)).end, 78, /damaged: checksums\.tsv has 200 bytes instead of [0-9]+/);
  await list.delete();
  expectFailure((await harness.restore(cut)).end, 78, /damaged: missing checksums\.tsv/);
  const none = { ...image, url: `${harness.container.url}/${randomUUID()}` };
  expectFailure((await harness.restore(none)).end, 78, /damaged: missing checksums\.tsv/);
});

test('the manifest beside the data is no part of it', async () => {
  const whole = await copyImage();
  await harness.container.getBlockBlobClient(`${whole.id}/manifest.json`).uploadData(Buffer.from('{}'));
  expect((await harness.restore(whole)).end).toMatchObject({ exitCode: 0, errors: [] });
});

test('a killed restore is started over, and a finished one is done at once', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  const first = await harness.runner.start('restore.sh', harness.restoreRun(long, volume));
  await first.untilLine(/^shop: (restoring|creating)/);
  process.kill(-first.pid, 'SIGKILL');
  await first.ended;
  expect(await readdir(volume)).toContain('pgdata-restoring');

  const second = await harness.restore(long, { volume });
  expect(second.end).toMatchObject({ exitCode: 0, errors: [], results: [{ databases: 3 }] });
  expect((await readdir(volume)).sort()).toEqual(['pgdata', 'restored-from', 'restored-result.json']);
  expect(await readFile(path.join(volume, 'restored-from'), 'utf8')).toBe(`${long.id}\n`);

  const third = await harness.restore(long, { volume });
  expect(third.end.results).toEqual(second.end.results);
  expect(third.end.progress).toEqual([]);

  const other = await harness.restore({ ...long, id: randomUUID() }, { volume });
  expectFailure(other.end, 78, /restored from another image/);
  const copy = await harness.startRestored(volume);
  expect(await copy.query('shop', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 2_000_000 }]);
});

test('a server of a killed restore that still writes does not keep the next one from starting over', async ({
  onTestFinished,
}) => {
  const volume = await harness.runner.makeDirectory('volume');
  const writer = spawn(
    'bash',
    [
      '-c',
      `echo ${image.id} >restoring
       mkdir pgdata-restoring && cd pgdata-restoring || exit
       echo ready
       for one in {1..4}; do (while :; do : >"$one.$RANDOM"; done 2>/dev/null) & done
       wait`,
    ],
    { ...spawnOptionsFor(harness.runner.identity), cwd: volume, detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { pid = 0 } = writer;
  expect(pid).toBeGreaterThan(1);
  const stop = () => signalPid(-pid, 'SIGKILL');
  onTestFinished(stop);
  await once(writer.stdout, 'data');
  const run = await harness.runner.start('restore.sh', harness.restoreRun(image, volume));
  await run.untilLine(/^Removing what an unfinished restore left/);
  await delay(500);
  stop();
  expect(await run.ended).toMatchObject({ exitCode: 0, errors: [] });
  expect((await readdir(volume)).sort()).toEqual(['pgdata', 'restored-from', 'restored-result.json']);
});

test('a cluster that did not come from a restore is never touched', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  await ownDirectory(path.join(volume, 'pgdata', 'global'));
  await writeFile(path.join(volume, 'pgdata', 'PG_VERSION'), '15\n');
  await writeFile(path.join(volume, 'pgdata', 'global', 'pg_control'), 'x');
  const { end } = await harness.restore(image, { volume });
  expectFailure(end, 78, /not restored from this image; it is left as it is/);
  expect(await readFile(path.join(volume, 'pgdata', 'global', 'pg_control'), 'utf8')).toBe('x');
});

test('SIGTERM ends the throw-away server too', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  const run = await harness.runner.start('restore.sh', harness.restoreRun(long, volume));
  await run.untilLine(/^shop: (restoring|creating)/);
  const before = await readProcessTree(run.pid);
  expect(before.some((one) => one.command.startsWith('postgres -D '))).toBe(true);
  run.signal('SIGTERM');
  expectFailure(await run.ended, 143, /ended by signal TERM/);
  expect((await Promise.all(before.map((one) => readProcessTree(one.pid)))).flat()).toEqual([]);
});

test('the throw-away server listens on a private socket only', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  const run = await harness.runner.start('restore.sh', harness.restoreRun(long, volume));
  const server = await untilProcess(run.pid, /^postgres -D /);
  await run.untilLine(/^shop: /);
  expect(await hasTcpSocket(server.pid)).toBe(false);
  const directory = /unix_socket_directories=(\S+)/.exec(server.command)?.[1] ?? '';
  expect(execFileSync('stat', ['-c', '%a', directory], { encoding: 'utf8' })).toBe('700\n');
  expect(await run.ended).toMatchObject({ exitCode: 0 });
});

test('a session of the load that is killed fails the restore, naming the database', async () => {
  const volume = await harness.runner.makeDirectory('volume');
  const run = await harness.runner.start('restore.sh', harness.restoreRun(long, volume));
  await killProcess(run.pid, /^postgres: postgres shop \[local\] (COPY|CREATE INDEX)/);
  expectFailure(await run.ended, 1, /restore of database \S+ was cut off: \S/);
  expect(await readdir(volume)).not.toContain('restored-from');
});

test('the password is set only where the recorded one does not log in', async () => {
  const stored = await source.query('postgres', `SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'`);
  const same = await harness.startRestored((await harness.restore(image)).volume);
  expect(await same.query('postgres', `SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'`)).toEqual(stored);

  const other = await harness.restore({ ...image, password: `other ' \\ "$(x)` });
  expect(other.end).toMatchObject({
    exitCode: 0,
    results: [{ notices: [expect.stringMatching(/password of role postgres/)] }],
  });
  const copy = await harness.startRestored(other.volume, `other ' \\ "$(x)`);
  expect(await copy.query('shop', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 200_000 }]);
});

test('an index whose function finds its helper by search_path comes back', async () => {
  await source.query(
    'shop',
    `CREATE FUNCTION inner_one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE FUNCTION outer_one(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN inner_one(); END';
    CREATE INDEX found ON orders (outer_one(i))`,
  );
  const taken = await harness.backup(source);
  const { end, volume } = await harness.restore(taken);
  expect(end).toMatchObject({ exitCode: 0, errors: [], results: [{ notices: [], findings: [] }] });
  const copy = await harness.startRestored(volume);
  expect(await copy.query('shop', `SELECT count(*)::int AS n FROM pg_indexes WHERE indexname = 'found'`)).toEqual([
    { n: 1 },
  ]);
});

test('an object that cannot be restored is told in the words of the server, and costs nothing else', async () => {
  await source.query(
    'shop',
    `CREATE FUNCTION picky(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
      $$ BEGIN IF current_setting('toygres.kind', true) IS NULL THEN RAISE 'not like this' USING HINT = 'be kind'; END IF; RETURN $1; END $$;
    SET toygres.kind = 'yes'; CREATE INDEX lost ON orders (picky(i))`,
  );
  const taken = await harness.backup(source);
  await source.query('shop', 'DROP INDEX lost');
  const finding = {
    code: 'INDEX_LEFT_OUT',
    severity: 'WARNING',
    database: 'shop',
    object: 'public.lost',
    message: expect.stringMatching(/public\.lost was left out: ERROR: +not like this.*HINT: be kind/),
    remedy: expect.stringMatching(/^CREATE INDEX lost ON public\.orders/),
  };
  const { end, volume } = await harness.restore(taken);
  expect(end).toMatchObject({ exitCode: 0, errors: [], results: [{ findings: [finding] }] });
  const copy = await harness.startRestored(volume);
  expect(await copy.query('shop', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 200_000 }]);

  const strict = await harness.restore(taken, { parameters: { TOYGRES_ACCEPT_LOSS: 'NOTHING' } });
  expectFailure(
    strict.end,
    78,
    /more would be lost than is accepted: shop: public\.lost: .*not like this.*acceptLoss: OBJECTS/,
  );
  expect(await readdir(strict.volume)).not.toContain('restored-from');
});

test('a file of roles that holds a command of psql is refused', async () => {
  const harmed = await copyImage();
  const parameters = await changePacks(harness.container, harmed.id, (files) => {
    const roles = files.get('roles.sql') ?? Buffer.alloc(0);
    files.set('roles.sql', Buffer.concat([roles, Buffer.from('\\! touch /tmp/toygres-was-here\n')]));
  });
  const { end } = await harness.restore(harmed, { parameters });
  expectFailure(end, 78, /file of roles is refused: a command of psql where SQL must be/);
});

test('a pack with a file that leaves the image, or comes twice, is refused', async () => {
  for (const name of ['../../escaped', '/tmp/escaped', 'manifest.json']) {
    const harmed = await copyImage();
    const parameters = await changePacks(harness.container, harmed.id, (files) => files.set(name, Buffer.from('x')));
    expectFailure((await harness.restore(harmed, { parameters })).end, 78, /a pack holds .* no file of an image/);
  }
});

test('an image of before there were packs is restored, of few files and of very many', async () => {
  const many = new Map(Array.from({ length: 1_001 }, (_, n) => [`databases/1/more-${n}`, Buffer.from('x')] as const));
  for (const further of [new Map<string, Buffer>(), many]) {
    const old = await copyImage();
    const parameters = await unpackImage(harness.container, old.id, further);
    const { end, volume } = await harness.restore(old, { parameters });
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const copy = await harness.startRestored(volume);
    expect(await copy.query('shop', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 200_000 }]);
  }
}, 120_000);

test('an ALTER SYSTEM setting that keeps the server from starting is left out with a notice', async () => {
  await source.query('postgres', `ALTER SYSTEM SET wal_level = 'minimal'`);
  const unstartable = await harness.backup(source);
  await source.query('postgres', 'ALTER SYSTEM RESET ALL');
  const restored = await harness.restore(unstartable);
  expect(restored.end).toMatchObject({
    exitCode: 0,
    results: [
      {
        notices: [expect.stringMatching(/does not start here with the settings/)],
        findings: [expect.objectContaining({ code: 'SETTING_LEFT_OUT', severity: 'WARNING' })],
      },
    ],
  });
});
