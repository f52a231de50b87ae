import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listProcessesOf } from '../../../src/machine/process-mark.ts';
import { eventually } from '../../support/eventually.ts';
import { type ControlPlane, openControlPlane } from '../jobs/control-plane.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
/** Of this run alone: what others do on this machine meanwhile shows theirs on its command lines. */
const PASSWORD = `correct horse ${randomUUID()}`;

/** Whoever is superuser of an instance, and whoever made the image that is restored, against all others of this machine. */
describe.skipIf(!isRoot)('code of a tenant on a machine where Toygres is root', () => {
  let world: ControlPlane;
  let loot: string;
  let victim: string;
  let thief: string;
  const secret = randomUUID();

  beforeAll(async () => {
    process.env.TOYGRES_TEST_SECRET = secret;
    world = await openControlPlane();
    loot = await mkdtemp('/tmp/toygres-loot-');
    await chmod(loot, 0o1777);
    await copyFile(path.join(import.meta.dirname, 'steal.sh'), path.join(loot, 'steal.sh'));
    const made = [
      await world.createInstance({ name: 'victim', password: PASSWORD }),
      await world.createInstance({ name: 'thief' }),
    ];
    for (const { operationId } of made) expect((await world.ended(operationId)).state).toBe('SUCCEEDED');
    [victim, thief] = made.map(({ instanceId }) => instanceId) as [string, string];
    const targets = [
      ...(await targetsOf(victim)),
      `/proc/${process.pid}/environ`,
      '/root',
      path.join(world.stateDirectory, 'slots'),
      path.join(world.stateDirectory, 'jobs'),
      path.join(world.stateDirectory, 'locks'),
      path.join(world.stateDirectory, 'servers'),
    ];
    await writeFile(path.join(loot, 'targets'), `${targets.join('\n')}\n`);
    await writeFile(path.join(loot, 'targets.roots'), `${world.stateDirectory}\n`);
    for (const file of ['steal.sh', 'targets', 'targets.roots']) await chmod(path.join(loot, file), 0o644);
  });
  afterAll(async () => {
    delete process.env.TOYGRES_TEST_SECRET;
    await world?.stop();
    if (loot !== undefined) await rm(loot, { recursive: true, force: true });
  });

  const directoryOf = async (instanceId: string) => {
    const { namespace, resourceName } = await world.instance(instanceId);
    return path.join(world.stateDirectory, 'servers', namespace, resourceName);
  };
  const targetsOf = async (instanceId: string) => {
    const directory = await directoryOf(instanceId);
    const within = [
      '',
      'volume',
      'volume/pgdata',
      'volume/pgdata/PG_VERSION',
      'volume/pgdata/pg_hba.conf',
      'volume.json',
    ];
    return [...within, 'secret.json', 'server.json', 'server.log'].map((name) => path.join(directory, name));
  };
  const ask = async (instanceId: string, work: (client: pg.Client) => Promise<unknown>) => {
    const client = await world.connect(instanceId);
    try {
      return await work(client);
    } finally {
      // A program that a backend started may hold the connection open for ever.
      client.end().catch(() => undefined);
    }
  };
  const steal = (where: string) => `sh ${loot}/steal.sh ${loot}/${where} ${loot}/targets`;
  const found = async (where: string) => {
    const names = (await readdir(loot)).filter((name) => name.startsWith(`${where}.`));
    const texts = await Promise.all(names.map((name) => readFile(path.join(loot, name), 'utf8')));
    return texts.map((text) => text.split('\n').filter((line) => line !== ''));
  };
  /** Shows a signature or a key of this store. */
  const isSigned = (line: string) =>
    /sig=(?!added-by-the-door)|AccountKey/.test(line) && line.includes(`:${world.azurite.port}/`);
  /** What must not be found by anybody. */
  const prizes = (lines: readonly string[]) =>
    lines.filter(
      (line) =>
        /^(ENVIRON|MEMORY|DESCRIPTOR|SIGNAL|READ|WRITTEN|WRITABLE|REMOVED|SOCKET) /.test(line) ||
        (line.startsWith('CMDLINE') && (line.includes(PASSWORD) || isSigned(line))) ||
        line.includes(secret) ||
        (line.startsWith('PORT') &&
          /x-ms-(version|request-id)|EnumerationResults/i.test(line) &&
          !/AuthorizationFailure|403|401|400/.test(line)),
    );

  test('a superuser of one instance wins nothing of another, of jobs or of the control plane', async () => {
    await ask(thief, (client) => client.query(`COPY (SELECT 1) TO PROGRAM '${steal('live')}'`));
    const [lines = []] = await found('live');
    expect(lines.some((line) => line.startsWith('CMDLINE'))).toBe(true);
    expect(prizes(lines)).toEqual([]);
    expect(await ask(victim, async (client) => (await client.query('SELECT 1 AS one')).rows)).toEqual([{ one: 1 }]);
  });

  test('functions of an image win nothing while it is restored beside the grant', async () => {
    await ask(thief, async (client) => {
      await client.query(`CREATE FUNCTION loot(int) RETURNS int LANGUAGE plpgsql AS $$
        BEGIN COPY (SELECT 1) TO PROGRAM '${steal('restore')}'; RETURN $1; END $$`);
      await client.query(`CREATE FUNCTION hidden(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
        BEGIN RETURN public.loot($1); END $$`);
      await client.query(`CREATE TABLE bait AS SELECT 1 AS id; CREATE INDEX ON bait (hidden(id))`);
      await client.query(`CREATE MATERIALIZED VIEW lure AS SELECT loot(2) AS two`);
      await client.query(`CREATE FUNCTION sprung() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM public.loot(3); END $$; CREATE EVENT TRIGGER trap ON ddl_command_end EXECUTE FUNCTION sprung()`);
    });
    const image = await world.createImage('bait', thief);
    expect((await world.ended(image.operationId)).state).toBe('SUCCEEDED');
    for (const name of await readdir(loot)) if (name.startsWith('restore.')) await rm(path.join(loot, name));
    const restored = await world.createInstance({ name: 'copy-of-thief', sourceImageId: image.imageId });
    expect((await world.ended(restored.operationId)).state).toBe('SUCCEEDED');
    const all = await found('restore');
    expect(all.length).toBeGreaterThan(0);
    for (const lines of all) expect(prizes(lines)).toEqual([]);
  });

  test('links and pipes that a tenant leaves in its data lead root nowhere, and hold nothing up', async () => {
    const [mine, theirs] = [await directoryOf(thief), await directoryOf(victim)];
    const prize = path.join(loot, 'of-root');
    await mkdir(prize);
    await writeFile(path.join(prize, 'kept'), 'kept');
    await chmod(prize, 0o755);
    const uid = (await stat(path.join(mine, 'volume'))).uid;
    const postmaster = (await readFile(path.join(theirs, 'volume/pgdata/postmaster.pid'), 'utf8')).split('\n')[0];
    expect((await world.act('stop', thief)).state).toBe('SUCCEEDED');
    const traps = `cd ${mine}/volume && mv pgdata mine && ln -s ${theirs}/volume/pgdata pgdata &&
      ln -s ${prize} mine/prize && mkfifo mine/pipe && ln -s ${theirs}/volume theirs`;
    await run('setpriv', [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', 'sh', '-c', traps]);
    expect((await world.act('start', thief)).state).toBe('FAILED');
    const pipes = `cd ${mine}/volume && rm pgdata && mv mine pgdata && rm -f pgdata/PG_VERSION pgdata/postmaster.pid &&
      mkfifo pgdata/PG_VERSION pgdata/postmaster.pid`;
    await run('setpriv', [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', 'sh', '-c', pipes]);
    expect((await world.act('start', thief)).state).toBe('FAILED');
    expect((await world.act('delete', thief)).state).toBe('SUCCEEDED');
    expect(await readFile(path.join(prize, 'kept'), 'utf8')).toBe('kept');
    expect((await readFile(path.join(theirs, 'volume/pgdata/postmaster.pid'), 'utf8')).split('\n')[0]).toBe(postmaster);
    expect(await ask(victim, async (client) => (await client.query('SELECT 1 AS one')).rows)).toEqual([{ one: 1 }]);
  });

  test('what a tenant leaves running ends with its server', async () => {
    const { instanceId, operationId } = await world.createInstance({ name: 'squatter' });
    expect((await world.ended(operationId)).state).toBe('SUCCEEDED');
    const { uid } = await stat(path.join(await directoryOf(instanceId), 'volume'));
    await ask(instanceId, (client) =>
      client.query(
        `COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; env -i setsid sh -c "cd /; sleep 600" >/dev/null 2>&1 </dev/null &'`,
      ),
    );
    // The statement ends before what it left in the background has begun.
    await eventually(
      () => execFileSync('ps', ['-o', 'args=', '-u', String(uid)], { encoding: 'utf8' }),
      (running) => running.includes('sleep 600'),
    );
    expect((await world.act('delete', instanceId)).state).toBe('SUCCEEDED');
    await eventually(
      () => listProcessesOf(uid),
      (pids) => pids.length === 0,
    );
  });
});
