import { randomUUID } from 'node:crypto';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScriptEnd } from '../../../support/job-script.ts';
import { createScriptHarness, leave, type ScriptHarness } from '../../../support/script-harness.ts';
import type { SourceServer } from '../../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
let elsewhere: string;
let image: { readonly url: string; readonly id: string; readonly end: ScriptEnd };
const servers: SourceServer[] = [];

beforeAll(async () => {
  harness = await createScriptHarness();
  elsewhere = await mkdtemp(path.join(tmpdir(), 'toygres-elsewhere-'));
  const { identity } = harness.runner;
  if (identity !== null) await chown(elsewhere, identity.uid, identity.gid);
  source = await harness.makeSource(['--data-checksums', '--encoding=UTF8', '--locale=C.UTF-8'], {
    wal_level: 'logical',
    max_prepared_transactions: '5',
  });
  for (const statement of [
    'CREATE TABLE kept AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 50000) g',
    'ALTER TABLE kept ADD PRIMARY KEY (id)',
    'CREATE UNLOGGED TABLE fleeting AS SELECT 1 AS id',
    `CREATE TABLESPACE elsewhere LOCATION '${elsewhere}'`,
    'CREATE TABLE far TABLESPACE elsewhere AS SELECT generate_series(1, 1000) AS id',
    "SELECT pg_create_physical_replication_slot('a_slot', true)",
    "CREATE SUBSCRIPTION taken CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false)",
    "ALTER SYSTEM SET archive_command = 'false'",
    "ALTER SYSTEM SET synchronous_standby_names = ''",
    "ALTER SYSTEM SET work_mem = '5MB'",
    'CREATE DATABASE "second ""one"""',
  ]) {
    await source.query('postgres', statement);
  }
  await source.query('second "one"', 'CREATE TABLE here AS SELECT 7 AS seven');
  image = await take();
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await harness?.stop();
  await rm(elsewhere, { recursive: true, force: true });
});

async function take(changes: Readonly<Record<string, string>> = {}) {
  const id = randomUUID();
  const url = `${harness.container.url}/${id}`;
  const end = await harness.runner.run('backup-physical', {
    parameters: {
      PGHOST: source.host,
      PGPORT: String(source.port),
      PGUSER: source.user,
      TOYGRES_IMAGE_URL: url,
      TOYGRES_IMAGE_ID: id,
      ...changes,
    },
    secrets: { password: source.password, sas: leave(harness.azurite, 'cw') },
  });
  return { id, url, end };
}

interface Wish {
  readonly password?: string;
  readonly volume?: string;
  readonly sha256?: string;
}

async function restore({ id, url, end }: typeof image, wish: Wish = {}) {
  const volume = wish.volume ?? (await harness.runner.makeDirectory('volume'));
  const { checksums } = end.results[0] as { checksums: { sizeBytes: number; sha256: string } };
  const ended = await harness.runner.run('restore-physical', {
    parameters: {
      PGUSER: 'postgres',
      TOYGRES_IMAGE_URL: url,
      TOYGRES_IMAGE_ID: id,
      TOYGRES_VOLUME: volume,
      TOYGRES_CHECKSUMS_SHA256: wish.sha256 ?? checksums.sha256,
      TOYGRES_CHECKSUMS_BYTES: String(checksums.sizeBytes),
      TOYGRES_DURABLE_FUNCTIONS: 'CANCEL',
      TOYGRES_BACKGROUND_WORK: 'HOLD',
    },
    secrets: { password: wish.password ?? source.password, sas: leave(harness.azurite, 'rl') },
  });
  return { volume, end: ended };
}

describe('a physical image', () => {
  test('is taken with all that a restore needs, and says what will not come back', async () => {
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const [result] = image.end.results;
    expect(result?.databases).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'second "one"', owner: 'postgres' })]),
    );
    expect(result?.findings).toEqual([
      expect.objectContaining({ code: 'UNLOGGED_TABLE_EMPTY', database: 'postgres', object: 'public.fleeting' }),
      expect.objectContaining({ code: 'OBJECT_NOT_CARRIED', severity: 'INFO', database: null, object: 'a_slot' }),
    ]);
    expect(result?.notices).toEqual([
      'database postgres: public.fleeting is unlogged and will be empty in a copy',
      expect.stringContaining(elsewhere),
    ]);
    const names: string[] = [];
    for await (const { name } of harness.container.listBlobsFlat({ prefix: `${image.id}/` }))
      names.push(name.slice(37));
    expect(names).toEqual([
      expect.stringMatching(/^\d+\.tar\.zst\.0000$/),
      'backup_manifest',
      'base.tar.zst.0000',
      'checksums.tsv',
      'server.json',
    ]);
    expect(image.end.progress.at(-1)).toMatchObject({ phase: 'copy' });
  });

  test('comes back as a server of its own, with every row, and does nothing that is its source to do', async () => {
    const { volume, end } = await restore(image);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const [result] = end.results as { notices: string[]; findings: { code: string; object: string }[] }[];
    expect(result?.findings).toEqual([
      expect.objectContaining({ code: 'BACKGROUND_WORK_HELD', database: 'postgres', object: 'taken' }),
    ]);
    const [slot = ''] = /copy_[0-9a-f]{8}_1/.exec(result?.notices.join('\n') ?? '') ?? [];
    const way = `ALTER SUBSCRIPTION taken SET (slot_name = '${slot}'); ALTER SUBSCRIPTION taken ENABLE;`;
    expect(result?.notices).toContain(
      `database postgres: 1 subscription is held: it is there, disabled and without a slot; to let it run: SELECT pg_create_logical_replication_slot('${slot}', 'pgoutput'); on the server that each takes its changes from, then here ${way}`,
    );
    expect(result?.notices.join('\n')).toMatch(/setting archive_command names/);
    expect(result?.notices.join('\n')).toMatch(/system identifier of its source, \d+, .* on timeline 2/);
    expect(await readFile(path.join(volume, 'restored-from'), 'utf8')).toBe(`${image.id}\n`);
    const left = await readdir(path.join(volume, 'pgdata'));
    for (const name of ['backup_label', 'backup_label.old', 'recovery.signal', 'backup_manifest', 'postmaster.pid']) {
      expect(left).not.toContain(name);
    }
    const restored = await harness.startRestored(volume, source.password);
    const rows = async (database: string, sql: string) => (await restored.query(database, sql))[0];
    expect(await rows('postgres', 'SELECT count(*)::int AS rows, sum(id)::int AS sum FROM kept')).toEqual({
      rows: 50_000,
      sum: 1_250_025_000,
    });
    expect(await rows('postgres', 'SELECT count(*)::int AS rows FROM far')).toEqual({ rows: 1_000 });
    expect(await rows('postgres', 'SELECT count(*)::int AS rows FROM fleeting')).toEqual({ rows: 0 });
    expect(await rows('second "one"', 'SELECT seven FROM here')).toEqual({ seven: 7 });
    expect(await rows('postgres', 'SELECT count(*)::int AS slots FROM pg_replication_slots')).toEqual({ slots: 0 });
    expect(await rows('postgres', 'SELECT subenabled, subslotname FROM pg_subscription')).toEqual({
      subenabled: false,
      subslotname: null,
    });
    expect(
      await rows(
        'postgres',
        "SELECT current_setting('work_mem') AS work, current_setting('archive_command') AS archive",
      ),
    ).toEqual({
      work: '5MB',
      archive: '(disabled)',
    });
    expect(
      await rows(
        'postgres',
        'SELECT timeline_id::int AS timeline, pg_is_in_recovery() AS following FROM pg_control_checkpoint()',
      ),
    ).toEqual({
      timeline: 2,
      following: false,
    });
    await restored.query('postgres', way);
    expect(await rows('postgres', 'SELECT subenabled, subslotname FROM pg_subscription')).toEqual({
      subenabled: true,
      subslotname: slot,
    });
    // What is written now is its own.
    await restored.query('postgres', 'INSERT INTO far VALUES (1001)');
    await restored.query('postgres', 'CREATE TABLE more TABLESPACE elsewhere AS SELECT 1');
    await restored.query('postgres', 'CHECKPOINT');
  });

  test('is restored again, without a second try, where it was restored already', async () => {
    const first = await restore(image);
    const again = await restore(image, { volume: first.volume });
    expect(again.end).toMatchObject({ exitCode: 0, results: first.end.results });
    expect(again.end.lines.join('\n')).toContain('restored to the volume already');
  });

  test('starts over on what an attempt that was killed left', async () => {
    const volume = await harness.runner.makeDirectory('volume');
    const { identity } = harness.runner;
    for (const left of ['pgdata-restoring', 'pgdata-restoring/base']) {
      await mkdir(path.join(volume, left));
      if (identity !== null) await chown(path.join(volume, left), identity.uid, identity.gid);
    }
    expect((await restore(image, { volume })).end).toMatchObject({ exitCode: 0 });
  });

  test('is not put over a cluster that did not come from it', async () => {
    const { volume } = await restore(image);
    const other = { ...image, id: randomUUID() };
    const refused = await restore(other, { volume });
    expect(refused.end).toMatchObject({ exitCode: 78 });
    expect(refused.end.errors.at(-1)).toContain('restored from another image; it is left as it is');
  });

  test('has the recorded password set where the stored one is another, and only there', async () => {
    const { volume, end } = await restore(image, { password: 'the one that is recorded' });
    expect(end).toMatchObject({ exitCode: 0 });
    expect(JSON.stringify(end.results)).toContain('the recorded one was set');
    const restored = await harness.startRestored(volume, 'the one that is recorded');
    expect(await restored.query('postgres', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('comes back with what its source ran with where no server starts with what waits there for a restart', async () => {
    await source.query('postgres', `ALTER SYSTEM SET wal_level = 'minimal'`);
    await source.query('postgres', `ALTER SYSTEM SET max_connections = 77`);
    const auto = path.join(source.dataDirectory, 'postgresql.auto.conf');
    await writeFile(auto, `${await readFile(auto, 'utf8')}no_such_setting = 1\n`);
    const waiting = await take();
    await source.query('postgres', 'ALTER SYSTEM RESET wal_level');
    const startable = await take();
    await source.query('postgres', 'ALTER SYSTEM RESET max_connections');
    await writeFile(auto, (await readFile(auto, 'utf8')).replace(/no_such_setting.*\n/, ''));

    const { volume, end } = await restore(waiting);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const leftOut = ({ results }: ScriptEnd) =>
      ((results[0]?.findings ?? []) as { code: string; object: string; message: string }[]).filter(
        ({ code }) => code === 'SETTING_LEFT_OUT',
      );
    expect(leftOut(end).map(({ object }) => object)).toEqual(['max_connections', 'no_such_setting', 'wal_level']);
    expect(leftOut(end).at(-1)?.message).toMatch(/wal_level is logical here.*say minimal.*WAL/);
    const copy = await harness.startRestored(volume, source.password);
    expect(await copy.query('postgres', 'SHOW max_connections')).toEqual([{ max_connections: '100' }]);
    await copy.stop();

    const again = await restore(startable);
    expect(again.end).toMatchObject({ exitCode: 0, errors: [] });
    expect(leftOut(again.end).map(({ object }) => object)).toEqual(['no_such_setting']);
    const other = await harness.startRestored(again.volume, source.password);
    expect(await other.query('postgres', 'SHOW max_connections')).toEqual([{ max_connections: '77' }]);
    await other.stop();
  });

  test('is refused when any file of it was altered', async () => {
    const names: string[] = [];
    for await (const { name } of harness.container.listBlobsFlat({ prefix: `${image.id}/` })) names.push(name);
    for (const name of names.filter((each) => !each.endsWith('backup_manifest'))) {
      const blob = harness.container.getBlockBlobClient(name);
      const whole = await blob.downloadToBuffer();
      const altered = Buffer.from(whole);
      const at = Math.floor(altered.length / 2);
      altered[at] = (altered[at] ?? 0) ^ 1;
      await blob.uploadData(altered);
      const { end, volume } = await restore(image);
      expect(end.exitCode, name).not.toBe(0);
      expect(end.errors.at(-1), name).toMatch(/the image is damaged/);
      expect(await readdir(volume)).not.toContain('restored-from');
      await blob.uploadData(whole);
    }
  });
});

test('a server that lets no backup in is told what to do', async () => {
  await source.query('postgres', "CREATE ROLE weak SUPERUSER NOREPLICATION LOGIN PASSWORD 'weak but known'");
  const end = await harness.runner.run('backup-physical', {
    parameters: {
      PGHOST: source.host,
      PGPORT: '1',
      PGUSER: 'weak',
      TOYGRES_IMAGE_URL: `${harness.container.url}/${randomUUID()}`,
    },
    secrets: { password: 'weak but known', sas: leave(harness.azurite, 'cw') },
  });
  expect(end).toMatchObject({ exitCode: 1 });
  expect(end.errors.at(-1)).toContain('the server cannot be reached');
});
