import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { azuriteConnectionString } from '../support/azurite.ts';
import { type CrashCluster, startCrashCluster } from '../support/crash-cluster.ts';
import { eventually } from '../support/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { fillMuch, holdTable, readFacts, type Subject } from './facts.ts';
import { auditWorld, runUndisturbed, untilOver } from './waves.ts';
import { openWorld, type World } from './world.ts';

const MINUTES = 60_000;
let cluster: CrashCluster;
let world: World;
let cms: FaultProxy;
let blobs: FaultProxy;
let worker: { stop(): Promise<void> };
let source: string;
let image: string;

beforeAll(async () => {
  cluster = await startCrashCluster();
  world = await openWorld({ databaseUrl: cluster.url(cluster.port) });
  const [made] = await runUndisturbed(world, [{ begin: () => world.createInstance('source'), plan: 'succeed' }]);
  source = made?.subject.instanceId ?? '';
  await fillMuch(world, source);
  const [taken] = await runUndisturbed(world, [{ begin: () => world.createImage('first', source), plan: 'succeed' }]);
  image = taken?.subject.imageId ?? '';
  cms = await startFaultProxy({ port: cluster.port });
  blobs = await startFaultProxy({ port: world.azurite.port });
  worker = await world.openWorker({
    DATABASE_URL: cluster.url(cms.port),
    AZURE_STORAGE_CONNECTION_STRING: azuriteConnectionString(blobs.port),
  });
}, 3 * MINUTES);
afterAll(async () => {
  await cms?.set('pass');
  await blobs?.set('pass');
  await worker?.stop();
  await cms?.stop();
  await blobs?.stop();
  await world?.stop();
  await cluster?.stop();
}, 10 * MINUTES);
afterEach(async () => {
  await cms.set('pass');
  await blobs.set('pass');
  const { pool } = world.core.database;
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM cms.instances WHERE id <> $1 AND state IN ('RUNNING', 'STOPPED')`,
    [source],
  );
  const deletions = await Promise.all(rows.map(({ id }) => world.act('delete', id)));
  await untilOver(world, deletions);
}, 3 * MINUTES);

/** An image, a restore, a creation and a restart, all under way: the image and the restore have jobs that run. */
async function load(): Promise<Record<'image' | 'restore' | 'creation', Subject>> {
  const name = () => `d-${randomInt(1e9)}`;
  const subjects = {
    image: await world.createImage(name(), source),
    restore: await world.createInstance(name(), image),
    creation: await world.createInstance(name()),
  };
  const jobs = [subjects.image, subjects.restore].map(({ operationId }) => operationId);
  await eventually(
    async () =>
      (await world.core.database.pool.query(`SELECT FROM cms.jobs WHERE operation_id = ANY($1)`, [jobs])).rows,
    (rows) => rows.length === 2,
    60_000,
  );
  return subjects;
}

const endOf = async (subject: Subject) => {
  const { operation, steps } = await readFacts(world, subject);
  return { ...operation[0], failed: steps.filter((step) => step.failure !== null) };
};

const isOfQueue = (found: string) => found.includes(' of the queue is still ');

/** Has everything under way, lets the fault strike, and wants all of it to end well all the same. */
async function expectNoHarm(fault: () => Promise<void>, withinMs?: number): Promise<void> {
  const subjects = Object.values(await load());
  await fault();
  await untilOver(world, subjects, withinMs);
  for (const subject of subjects) expect(await endOf(subject)).toMatchObject({ state: 'SUCCEEDED', failure: null });
  // The queue alone may not have been told of an end; then it offers the run again, of which nothing is left to do.
  expect((await auditWorld(world)).filter((found) => !isOfQueue(found))).toEqual([]);
  await eventually(
    () => auditWorld(world),
    (found) => !found.some(isOfQueue),
    MINUTES,
  );
  expect(await auditWorld(world)).toEqual([]);
}

describe('everything ends as if nothing had been when, in the middle, the CMS database', () => {
  it('restarts', () => expectNoHarm(() => cluster.restart()), 4 * MINUTES);

  it(
    'drops every connection, again and again',
    () =>
      expectNoHarm(async () => {
        for (let times = 0; times < 10; times += 1) {
          cms.drop();
          await delay(200);
        }
      }),
    4 * MINUTES,
  );

  it(
    'cannot be reached for 30 s',
    () =>
      expectNoHarm(async () => {
        await cms.set('refuse');
        await delay(30_000);
        await cms.set('pass');
      }),
    4 * MINUTES,
  );

  it(
    'swallows what it is sent for 30 s, and never says a word again on the connections of before',
    () =>
      expectNoHarm(async () => {
        await cms.set('swallow');
        await delay(30_000);
        await cms.set('pass');
      }),
    4 * MINUTES,
  );

  it(
    'has forgotten every connection that there is, without telling',
    () =>
      expectNoHarm(async () => {
        cms.forget();
      }),
    4 * MINUTES,
  );
});

describe('everything ends as if nothing had been when, in the middle, the blob store', () => {
  it.each([500, 503] as const)(
    'answers %i for 10 s',
    (status) =>
      expectNoHarm(async () => {
        await blobs.set(status);
        await delay(10_000);
        await blobs.set('pass');
      }),
    4 * MINUTES,
  );

  it(
    'resets connections, again and again',
    () =>
      expectNoHarm(async () => {
        for (let times = 0; times < 10; times += 1) {
          blobs.drop();
          await delay(300);
        }
      }),
    4 * MINUTES,
  );

  it(
    'is gone for 30 s',
    () =>
      expectNoHarm(async () => {
        await blobs.set('refuse');
        await delay(30_000);
        await blobs.set('pass');
      }),
    5 * MINUTES,
  );

  // A copy that hears nothing any more is given up after three minutes and begun again.
  it(
    'swallows what it is sent for 30 s, and never says a word again on the connections of before',
    () =>
      expectNoHarm(async () => {
        await blobs.set('swallow');
        await delay(30_000);
        await blobs.set('pass');
      }, 8 * MINUTES),
    10 * MINUTES,
  );
});

/** The processes of the jobs that run, by a word of their command line. */
async function pidsOf(word: string): Promise<number[]> {
  const pids: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (command.includes(word) && `${command} ${environment}`.includes(world.stateDirectory)) pids.push(Number(pid));
  }
  return pids;
}

describe('a job', () => {
  it(
    'whose program is killed is tried again, and everything ends well',
    () =>
      expectNoHarm(async () => {
        const pids = await eventually(
          () => pidsOf(' work backup '),
          (found) => found.length > 0,
        );
        for (const pid of pids.slice(-1)) process.kill(pid, 'SIGKILL');
      }),
    4 * MINUTES,
  );

  it(
    'whose source is killed ends in a failure that says so, with nothing left of it',
    async () => {
      const holder = await holdTable(world, source);
      const subject = await world.createImage(`d-${randomInt(1e9)}`, source);
      await eventually(holder.isAwaited, (awaited) => awaited, 60_000);
      const { namespace, resourceName } = await world.core.services.instances.read(source);
      const [postmaster] = await pidsOf(`postgres -D ${world.stateDirectory}/servers/${namespace}/${resourceName}/`);
      if (postmaster === undefined) throw new Error('the source does not run');
      process.kill(postmaster, 'SIGKILL');
      await holder.stop();
      await untilOver(world, [subject]);
      const { failure } = await endOf(subject);
      expect(failure).toMatchObject({ code: expect.stringMatching(/STEP_FAILED|UNAVAILABLE/) });
      expect(failure.message).toMatch(
        /server closed the connection|terminating connection|refused|no address|not running/i,
      );
      const down = `is RUNNING, and its server is`;
      expect(
        (await auditWorld(world)).filter((finding) => !finding.includes(down) && !finding.includes('let its owner in')),
      ).toEqual([]);
      await world.core.platform.resume();
      await eventually(
        () => auditWorld(world),
        (findings) => findings.length === 0,
      );
    },
    4 * MINUTES,
  );
});
