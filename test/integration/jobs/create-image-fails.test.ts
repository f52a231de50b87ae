import { createHash } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';
import { createHooks } from './meddling.ts';

const { hooks, meddling } = createHooks();
let plane: ControlPlane;
let source: string;
beforeAll(async () => {
  plane = await openControlPlane(meddling);
  const { instanceId, operationId } = await plane.createInstance({ name: 'source' });
  await plane.ended(operationId);
  source = instanceId;
  const client = await plane.connect(source);
  await client.query(`CREATE TABLE t AS SELECT n, md5(n::text) AS text FROM generate_series(1, 1000) n`);
  await client.query('CREATE SEQUENCE gate');
  await client.end();
});
afterAll(() => plane.stop());
const gates: pg.Client[] = [];
afterEach(async () => {
  hooks.clear();
  for (const gate of gates.splice(0)) await gate.end().catch(() => undefined);
});

/** What must be true after every image that failed, whatever it failed of. */
async function expectNothingLeft(imageId: string, operationId: string): Promise<void> {
  expect(await plane.image(imageId)).toMatchObject({ state: 'FAILED' });
  expect(await plane.blobs(`${imageId}/`)).toEqual([]);
  expect((await plane.objects()).filter((object) => object.startsWith('job'))).toEqual([]);
  for (const job of await plane.jobs(operationId)) expect(['FAILED', 'CANCELLED', 'SUCCEEDED']).toContain(job.state);
  expect(await plane.instance(source)).toMatchObject({ state: 'RUNNING', failure: null });
}

/** A session that keeps pg_dump waiting in the middle of its work, where it reads the value of a sequence. */
async function closeGate(): Promise<pg.Client> {
  const client = await plane.connect(source);
  gates.push(client);
  await client.query('BEGIN; ALTER SEQUENCE gate RENAME TO closed_gate');
  return client;
}

/** The sessions of pg_dump that wait there. Within its transaction a session would see what it saw at first. */
async function dumpSessions(client: pg.Client): Promise<number[]> {
  await client.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'`,
  );
  return rows.map((row) => row.pid);
}

/** Overwrites the first data file of an image with other content of the same size, whose MD5 it says as well, or not. */
async function alterFile(imageId: string, keepMd5: boolean): Promise<string> {
  const file = (await plane.store.listFiles(imageId)).find(
    ({ name, sizeBytes }) => /\.tar(\.zst)?$/.test(name) && sizeBytes > 20,
  );
  if (!file) throw new Error('no data file');
  const content = Buffer.alloc(file.sizeBytes, 'x');
  const blob = plane.container.getBlockBlobClient(`${imageId}/${file.name}`);
  const block = Buffer.from('block').toString('base64');
  await blob.stageBlock(block, content, content.length);
  const md5 = keepMd5 ? Buffer.from(file.md5 ?? '', 'hex') : createHash('md5').update(content).digest();
  await blob.commitBlockList([block], { blobHTTPHeaders: { blobContentMD5: md5 } });
  return file.name;
}

describe('an image whose dump dies', () => {
  it('fails with what the server said, after all attempts', async () => {
    const locker = await closeGate();
    const { imageId, operationId } = await plane.createImage('dump-dies', source);
    const operation = await eventually(
      async () => {
        for (const pid of await dumpSessions(locker)) await locker.query('SELECT pg_terminate_backend($1)', [pid]);
        return plane.operation(operationId);
      },
      ({ state }) => state === 'FAILED',
      300_000,
    );
    await locker.end();
    expect(operation.failure).toMatchObject({ code: 'STEP_FAILED', step: 'Dump the databases' });
    expect(operation.failure?.message).toContain('terminat');
    expect((await plane.jobs(operationId))[0]).toMatchObject({ state: 'FAILED', attempts: 3 });
    await expectNothingLeft(imageId, operationId);
    const [job] = await plane.jobs(operationId);
    const attempts = new Set<number>();
    for await (const line of plane.store.readJobLog(job?.id ?? '')) attempts.add(line.attempt);
    expect([...attempts]).toEqual([1, 2, 3]);
  });

  it('becomes AVAILABLE when only the first attempt dies, without what that had uploaded', async () => {
    const locker = await closeGate();
    const { imageId, operationId } = await plane.createImage('second-attempt', source);
    const [pid] = await eventually(
      () => dumpSessions(locker),
      (pids) => pids.length > 0,
      300_000,
    );
    await plane.container.getBlockBlobClient(`${imageId}/databases/1/left-over.dat`).upload('x', 1);
    await locker.query('SELECT pg_terminate_backend($1)', [pid]);
    await locker.query('ROLLBACK');
    await locker.end();
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect((await plane.jobs(operationId))[0]).toMatchObject({ attempts: 2 });
    expect(await plane.blobs(`${imageId}/databases/1/left-over.dat`)).toEqual([]);
    expect((await plane.store.readManifest(imageId)).files.map((file) => file.name)).not.toContain(
      'databases/1/left-over.dat',
    );
  });
});

describe('an image that is not in the store as it was written', () => {
  const sabotages: readonly [string, (imageId: string) => Promise<unknown>, RegExp][] = [
    ['a file was altered', (id) => alterFile(id, false), /has another MD5/],
    [
      'a file is missing',
      async (id) =>
        plane.store.removeFiles(id, [
          (await plane.store.listFiles(id)).find((f) => /\.tar(\.zst)?$/.test(f.name))?.name ?? '',
        ]),
      /is missing/,
    ],
    ['checksums.tsv is missing', (id) => plane.store.removeFiles(id, ['checksums.tsv']), /checksums.tsv is missing/],
    [
      'checksums.tsv was cut',
      async (id) => {
        const content = await plane.store.readFile(id, 'checksums.tsv', 1 << 20);
        const cut = Buffer.from(content.subarray(0, content.length / 2));
        await plane.container.getBlockBlobClient(`${id}/checksums.tsv`).upload(cut, cut.length);
      },
      /checksums.tsv has other content/,
    ],
    [
      'a file is there that nobody dumped',
      (id) => plane.container.getBlockBlobClient(`${id}/databases/1/guest.dat`).upload('x', 1),
      /guest.dat does not belong there/,
    ],
  ];
  it.each(sabotages)(
    'fails when %s, naming it',
    async (what, sabotage, cause) => {
      let done = false;
      hooks.store.readFile = async (real, imageId) => {
        if (!done) await sabotage(imageId);
        done = true;
        return real();
      };
      const { imageId, operationId } = await plane.createImage(
        `sabotage-${sabotages.findIndex(([w]) => w === what)}`,
        source,
      );
      const { failure, state } = await plane.ended(operationId);
      expect(state).toBe('FAILED');
      expect(failure).toMatchObject({ code: 'STEP_FAILED', step: 'Verify what was uploaded' });
      expect(failure?.message).toMatch(cause);
      expect((await plane.image(imageId)).failure).toEqual(failure);
      await expectNothingLeft(imageId, operationId);
    },
    300_000,
  );

  it('fails when the manifest arrives cut, and can be taken again by a retry', async () => {
    hooks.store.writeManifest = async (real, id) => {
      await real();
      const whole = await plane.store.readFile(id, 'manifest.json', 1 << 20);
      const cut = Buffer.from(whole.subarray(0, whole.length - 20));
      await plane.container.getBlockBlobClient(`${id}/manifest.json`).upload(cut, cut.length);
    };
    const { imageId, operationId } = await plane.createImage('cut-manifest', source);
    const { failure, state } = await plane.ended(operationId);
    expect([state, failure?.step]).toEqual(['FAILED', 'Publish the manifest']);
    expect(failure?.message).toMatch(/manifest.json is cut/);
    await expectNothingLeft(imageId, operationId);

    hooks.clear();
    await plane.retry(operationId);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', run: 2, failure: null });
    expect(await plane.image(imageId)).toMatchObject({ state: 'AVAILABLE', failure: null });
    expect(await plane.jobs(operationId)).toHaveLength(2);
  });
});

describe('an image that is interfered with', () => {
  it('is given up when the operation is cancelled, with every process and blob', async () => {
    const locker = await closeGate();
    const { imageId, operationId } = await plane.createImage('cancelled', source);
    await eventually(
      () => dumpSessions(locker),
      (pids) => pids.length > 0,
      300_000,
    );
    await plane.cancel(operationId);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'CANCELLED', failure: { code: 'CANCELLED' } });
    expect(await dumpSessions(locker)).toEqual([]);
    await locker.end();
    expect((await plane.jobs(operationId))[0]).toMatchObject({ state: 'CANCELLED' });
    await expectNothingLeft(imageId, operationId);
  });

  it('is taken all the same when the platform loses the job once', async () => {
    const locker = await closeGate();
    const { imageId, operationId } = await plane.createImage('lost-job', source);
    await eventually(
      () => dumpSessions(locker),
      (pids) => pids.length > 0,
      300_000,
    );
    const [job] = await plane.jobs(operationId);
    if (!job) throw new Error('no job');
    // Nobody sees it between running and gone, as when the platform loses its state.
    const gone = plane.platform.removeJob(job);
    hooks.platform.readJob = async (real) => {
      await gone;
      return real();
    };
    await gone;
    await locker.query('ROLLBACK');
    await locker.end();
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(await plane.image(imageId)).toMatchObject({ state: 'AVAILABLE' });
  });

  it('goes on when the machine is shut down in the middle of it, without a failure', async () => {
    const locker = await closeGate();
    const { imageId, operationId } = await plane.createImage('interrupted', source);
    await eventually(
      () => dumpSessions(locker),
      (pids) => pids.length > 0,
      300_000,
    );
    await plane.platform.suspend();
    await locker.end().catch(() => undefined);
    await plane.platform.resume();
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(await plane.image(imageId)).toMatchObject({ state: 'AVAILABLE' });
    expect((await plane.steps(operationId)).every((step) => step.failure === null)).toBe(true);
  });

  it('fails saying so when the recorded password no longer logs in', async () => {
    const client = await plane.connect(source);
    const password = await plane.password(source);
    await client.query(`ALTER ROLE postgres PASSWORD 'changed behind our back'`);
    const { imageId, operationId } = await plane.createImage('other-password', source);
    const { failure } = await plane.ended(operationId);
    await client.query(`ALTER ROLE postgres PASSWORD '${password}'`);
    await client.end();
    expect(failure).toMatchObject({ code: 'STEP_FAILED', step: 'Look up the source instance' });
    expect(failure?.message).toMatch(/refuses the login of postgres with the recorded password/);
    await expectNothingLeft(imageId, operationId);
  });
});

describe('when the blob store dies', () => {
  it('an image fails naming it, and what could not be removed', async () => {
    hooks.store.readFile = async (real) => {
      await plane.azurite.kill();
      return real();
    };
    const { imageId, operationId } = await plane.createImage('store-dies', source);
    const { failure, state } = await plane.ended(operationId);
    expect([state, failure?.code, failure?.step]).toEqual(['FAILED', 'UNAVAILABLE', 'Verify what was uploaded']);
    expect(failure?.message).toMatch(/The blob store at 127\.0\.0\.1:\d+ does not answer/);
    expect(failure?.message).toMatch(/Could not be cleaned up: Remove what was uploaded/);
    expect(failure?.message).not.toMatch(/sig=|sv=|AccountKey/);
    expect(await plane.image(imageId)).toMatchObject({ state: 'FAILED', failure });
  });
});
