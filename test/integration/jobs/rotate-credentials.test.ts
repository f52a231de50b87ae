import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

let plane: ControlPlane;
let id: string;
beforeAll(async () => {
  plane = await openControlPlane();
  const { instanceId, operationId } = await plane.createInstance({ name: 'shop' });
  expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED' });
  id = instanceId;
});
afterAll(() => plane.stop());

async function logsIn(password: string, user = 'postgres'): Promise<boolean> {
  const { endpoint } = await plane.instance(id);
  const client = new pg.Client({ host: endpoint?.host, port: endpoint?.port, user, database: user, password });
  client.on('error', () => undefined);
  return client.connect().then(
    () => client.end().then(() => true),
    (error: { code?: string }) => {
      expect(error.code).toBe('28P01');
      return false;
    },
  );
}

async function ask(sql: string): Promise<void> {
  const client = await plane.connect(id);
  await client.query(sql).finally(() => client.end());
}

describe('another password', () => {
  it('is generated, is the one that logs in, and cuts no connection', async () => {
    const before = await plane.password(id);
    const open = await plane.connect(id);
    expect(await plane.rotateCredentials(id)).toMatchObject({ state: 'SUCCEEDED', percent: 100 });
    const after = await plane.password(id);
    expect(after).not.toBe(before);
    expect([await logsIn(before), await logsIn(after)]).toEqual([false, true]);
    expect((await open.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await open.end();
  });

  it('of the owner is the owner’s alone, and the one that is recorded', async () => {
    const [superuser, owner] = [await plane.password(id), await plane.ownerLogin(id)];
    expect(await plane.rotateCredentials(id, undefined, 'OWNER')).toMatchObject({ state: 'SUCCEEDED', percent: 100 });
    const next = await plane.ownerLogin(id);
    expect(next?.password).not.toBe(owner?.password);
    expect(await logsIn(owner?.password ?? '', 'app')).toBe(false);
    expect(await logsIn(next?.password ?? '', 'app')).toBe(true);
    expect(await plane.password(id)).toBe(superuser);
    expect(await logsIn(superuser)).toBe(true);
  });

  it('is there after a restart, and nowhere in the log of the server', async () => {
    const password = 'chosen by somebody: é and \'quotes"';
    expect(await plane.rotateCredentials(id, password)).toMatchObject({ state: 'SUCCEEDED' });
    const client = await plane.connect(id);
    await client.query(`ALTER SYSTEM SET log_statement = 'all'`);
    await client.query('SELECT pg_reload_conf()');
    await client.end();
    expect(await plane.act('restart', id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await logsIn(password)).toBe(true);
    const other = 'another-chosen-password';
    expect(await plane.rotateCredentials(id, other)).toMatchObject({ state: 'SUCCEEDED' });
    const lines: string[] = [];
    const { namespace, resourceName } = await plane.instance(id);
    for await (const line of plane.platform.followServerLogs(
      { namespace, resourceName },
      { follow: false, tailLines: 500, since: null, signal: new AbortController().signal },
    )) {
      lines.push(line.text);
    }
    expect(lines.some((line) => line.includes('ALTER ROLE "postgres" PASSWORD'))).toBe(true);
    expect(lines.join('\n')).not.toContain(other);
  });

  it('that was set by SQL becomes the recorded one when it is told, and images go on', async () => {
    await ask(`ALTER ROLE postgres PASSWORD 'set by sql, by somebody'`);
    const { operationId: refused } = await plane.createImage('refused', id);
    expect(await plane.ended(refused)).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringContaining('Rotate its credentials') },
    });
    expect(await plane.rotateCredentials(id, 'set by sql, by somebody')).toMatchObject({ state: 'SUCCEEDED' });
    const { operationId } = await plane.createImage('after', id);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('is set also where nobody knows the one that logs in, without cutting a connection, and images go on', async () => {
    const open = await plane.connect(id);
    await open.query(`ALTER ROLE postgres PASSWORD 'forgotten' VALID UNTIL '2001-01-01'`);
    expect(await logsIn(await plane.password(id))).toBe(false);
    expect(await plane.rotateCredentials(id)).toMatchObject({ state: 'SUCCEEDED', percent: 100 });
    expect(await logsIn(await plane.password(id))).toBe(true);
    expect((await open.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    // What let us in for that moment does so no more.
    const { rows } = await open.query('SELECT auth_method FROM pg_hba_file_rules GROUP BY 1');
    expect(rows).toEqual([{ auth_method: 'scram-sha-256' }]);
    await open.end();
    const { operationId } = await plane.createImage('found-again', id);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('of the owner is set also where the superuser’s is not known, which stays as it is', async () => {
    const recorded = await plane.password(id);
    await ask(`ALTER ROLE postgres PASSWORD 'forgotten again'`);
    expect(await plane.rotateCredentials(id, undefined, 'OWNER')).toMatchObject({ state: 'SUCCEEDED' });
    expect(await logsIn((await plane.ownerLogin(id))?.password ?? '', 'app')).toBe(true);
    expect([await logsIn('forgotten again'), await logsIn(recorded)]).toEqual([true, false]);
    expect(await plane.rotateCredentials(id)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('that cannot be set fails with words and leaves what is recorded', async () => {
    const recorded = await plane.password(id);
    await ask('CREATE ROLE helper SUPERUSER LOGIN');
    const helper = await plane.connect(id);
    await helper.query('SET ROLE helper');
    await helper.query('ALTER ROLE postgres NOLOGIN');
    const failed = await plane.rotateCredentials(id);
    expect(failed).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringContaining('ALTER ROLE postgres SUPERUSER LOGIN') },
    });
    const ofOwner = await plane.rotateCredentials(id, undefined, 'OWNER');
    expect(ofOwner).toMatchObject({ state: 'FAILED' });
    await helper.query('ALTER ROLE postgres LOGIN');
    await helper.end();
    expect(await plane.password(id)).toBe(recorded);
    expect(await logsIn(recorded)).toBe(true);
    // What it was to be is forgotten: a retry would succeed and give none.
    for (const { id: operationId } of [failed, ofOwner]) {
      await expect(plane.retry(operationId)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('rotate the credentials anew'),
      });
      expect(await plane.operation(operationId)).toMatchObject({ state: 'FAILED' });
    }
  });
});
