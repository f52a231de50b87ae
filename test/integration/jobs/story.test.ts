import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await openControlPlane();
});
afterAll(() => plane.stop());

/** Names and states of the steps of an operation, as `name: STATE`. */
const steps = async (operationId: string) =>
  (await plane.steps(operationId)).map((step) => `${step.name}: ${step.state}`);

/** A connection with the login that is no superuser, to its own database. */
async function connectAsOwner(instanceId: string) {
  const login = await plane.ownerLogin(instanceId);
  if (login === null) throw new Error('the instance has no such login');
  return plane.connect(instanceId, { user: login.username, password: login.password, database: login.database });
}

describe('the story of an instance and its image', () => {
  let source: string;
  let image: string;
  let copy: string;

  it('creates a server that answers with the password it was asked for', async () => {
    const { instanceId, operationId } = await plane.createInstance({ name: 'source', password: 'pass\'word "$(1)' });
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', percent: 100, failure: null });
    source = instanceId;
    expect(await plane.instance(source)).toMatchObject({ state: 'RUNNING', failure: null });
    expect((await steps(operationId)).every((line) => line.endsWith('SUCCEEDED'))).toBe(true);
    const client = await plane.connect(source, { password: 'pass\'word "$(1)' });
    await client.query(`CREATE TABLE t AS SELECT n, md5(n::text) AS text FROM generate_series(1, 50000) n`);
    await client.query(`CREATE ROLE ada LOGIN PASSWORD 'ada has her own'`);
    await client.query(`CREATE DATABASE shop OWNER ada`);
    await client.end();
  });

  it('makes a login beside the superuser, which owns a database and may create databases, roles and schemas', async () => {
    const client = await connectAsOwner(source);
    const { rows } = await client.query(`SELECT current_user AS "user", current_database() AS database,
      rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user`);
    expect(rows).toEqual([
      {
        user: 'app',
        database: 'app',
        rolsuper: false,
        rolcreatedb: true,
        rolcreaterole: true,
        rolreplication: false,
        rolbypassrls: false,
      },
    ]);
    for (const statement of ['CREATE SCHEMA books', 'CREATE TABLE books.one ()', 'CREATE TABLE orders (n int)']) {
      await client.query(statement);
    }
    await client.query('INSERT INTO orders VALUES (42)');
    await client.query('CREATE ROLE reader');
    await client.query('CREATE DATABASE further');
    await expect(client.query(`COPY orders FROM PROGRAM 'echo 1'`)).rejects.toMatchObject({ code: '42501' });
    await client.end();
    expect((await plane.ownerLogin(source))?.password).not.toBe(await plane.password(source));
  });

  it('takes an image of it, which is AVAILABLE with all that the manifest says', async () => {
    const { imageId, operationId } = await plane.createImage('nightly', source);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', percent: 100, failure: null });
    image = imageId;
    const record = await plane.image(image);
    expect(record).toMatchObject({ state: 'AVAILABLE', failure: null, sourceInstanceName: 'source' });
    const manifest = await plane.store.readManifest(image);
    expect(record.databases).toEqual(manifest.databases);
    expect(record.databases).toContainEqual(expect.objectContaining({ name: 'shop', owner: 'ada' }));
    const stored = await plane.store.listFiles(image);
    expect(stored.map((file) => file.name).filter((name) => name !== 'manifest.json')).toEqual(
      manifest.files.map((file) => file.name).sort(),
    );
    expect(record.sizeBytes).toBe(manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0));
    expect(JSON.stringify(manifest)).not.toContain("pass'word");
    const owner = await plane.ownerLogin(source);
    expect(manifest.owner).toMatchObject({ username: 'app', encryptedPassword: expect.stringMatching(/^v1\./) });
    expect(JSON.stringify(manifest)).not.toContain(owner?.password);
  });

  it('keeps the log of the job, and leaves nothing of the job on the platform', async () => {
    const { rows } = await plane.database.pool.query(`SELECT id, state FROM cms.jobs`);
    expect(rows).toEqual([{ id: expect.any(String), state: 'SUCCEEDED' }]);
    const lines: string[] = [];
    for await (const line of plane.store.readJobLog(rows[0].id)) lines.push(line.text);
    expect(lines.length).toBeGreaterThan(0);
    expect((await plane.objects()).filter((object) => object.startsWith('job'))).toEqual([]);
  });

  it('restores a second server with the source’s password, data and roles', async () => {
    const { instanceId, operationId } = await plane.createInstance({ name: 'copy', sourceImageId: image });
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', percent: 100, failure: null });
    copy = instanceId;
    expect(await plane.password(copy)).toBe(await plane.password(source));
    const client = await plane.connect(copy);
    const { rows } = await client.query(
      `SELECT count(*)::int AS n, md5(string_agg(text, ',' ORDER BY n)) AS all FROM t`,
    );
    const original = await plane.connect(source);
    const wanted = await original.query(
      `SELECT count(*)::int AS n, md5(string_agg(text, ',' ORDER BY n)) AS all FROM t`,
    );
    expect(rows).toEqual(wanted.rows);
    await Promise.all([client.end(), original.end()]);
    const ada = await plane.connect(copy, { user: 'ada', password: 'ada has her own', database: 'shop' });
    await ada.end();
    expect(await plane.ownerLogin(copy)).toMatchObject({
      username: 'app',
      password: (await plane.ownerLogin(source))?.password,
    });
    const owner = await connectAsOwner(copy);
    expect((await owner.query('SELECT n FROM orders')).rows).toEqual([{ n: 42 }]);
    await owner.query('CREATE SCHEMA more');
    await owner.end();
    expect((await plane.objects()).filter((object) => object.startsWith('job'))).toEqual([]);
  });

  it('stops, starts and restarts it, with its data', async () => {
    expect(await plane.act('stop', copy)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await plane.instance(copy)).toMatchObject({ state: 'STOPPED', endpoint: null });
    expect(await plane.act('start', copy)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await plane.instance(copy)).toMatchObject({ state: 'RUNNING' });
    const before = await plane.connect(copy);
    expect(await plane.act('restart', copy)).toMatchObject({ state: 'SUCCEEDED' });
    await expect(before.query('SELECT 1')).rejects.toThrow();
    const after = await plane.connect(copy);
    expect((await after.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 50_000 }]);
    await after.end();
  });

  it('deletes the source with its data, and the image stays and can be restored', async () => {
    expect(await plane.act('delete', source)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await plane.instance(source)).toMatchObject({ state: 'DELETED', endpoint: null });
    const { resourceName } = await plane.instance(source);
    expect((await plane.objects()).filter((object) => object.includes(resourceName))).toEqual([]);
    expect(await plane.image(image)).toMatchObject({ state: 'AVAILABLE' });
    const { instanceId, operationId } = await plane.createInstance({ name: 'third', sourceImageId: image });
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(await plane.act('delete', instanceId)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('deletes the image: its files are gone, its record stays', async () => {
    expect(await plane.deleteImage(image)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await plane.image(image)).toMatchObject({ state: 'DELETED' });
    expect(await plane.blobs(`${image}/`)).toEqual([]);
  });
});
