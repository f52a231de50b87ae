import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';
import { createHooks } from './meddling.ts';

const { hooks, meddling } = createHooks();
const broken = () => Promise.reject(new AppError('STEP_FAILED', 'the platform says no'));
let plane: ControlPlane;
let source: string;
let image: string;
beforeAll(async () => {
  plane = await openControlPlane(meddling);
  const made = await plane.createInstance({ name: 'source' });
  await plane.ended(made.operationId);
  source = made.instanceId;
  const client = await plane.connect(source);
  await client.query(`CREATE TABLE t AS SELECT n, md5(n::text) AS text FROM generate_series(1, 1000) n`);
  await client.end();
  const taken = await plane.createImage('nightly', source);
  await plane.ended(taken.operationId);
  image = taken.imageId;
});
afterAll(() => plane.stop());
afterEach(() => hooks.clear());

/** Nothing of it on the platform, its record and error kept. */
async function expectNothingLeft(instanceId: string): Promise<void> {
  const { resourceName, state, failure } = await plane.instance(instanceId);
  expect(state).toBe('FAILED');
  expect(failure).not.toBeNull();
  expect((await plane.objects()).filter((object) => object.includes(resourceName))).toEqual([]);
  expect((await plane.objects()).filter((object) => object.startsWith('job'))).toEqual([]);
}

describe('a creation that fails', () => {
  it('leaves its record with the cause, frees its name and can be retried', async () => {
    hooks.platform.ensureServer = broken;
    const { instanceId, operationId } = await plane.createInstance({ name: 'unlucky' });
    const failure = { code: 'STEP_FAILED', message: 'the platform says no', step: 'Start the server' };
    expect(await plane.ended(operationId)).toMatchObject({ state: 'FAILED', failure });
    expect((await plane.instance(instanceId)).failure).toEqual(failure);
    await expectNothingLeft(instanceId);
    hooks.clear();
    await plane.retry(operationId);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', run: 2 });
    expect(await plane.instance(instanceId)).toMatchObject({ state: 'RUNNING', failure: null });
    expect(await plane.act('delete', instanceId)).toMatchObject({ state: 'SUCCEEDED' });
  });
});

describe('a restore of an image that is not whole any more', () => {
  const original: { name: string; content: Buffer }[] = [];
  /** Replaces a file of the image in the store, with the MD5 it had or with none; put back after the test. */
  async function replace(name: string, change: (content: Buffer) => Buffer): Promise<void> {
    const listed = (await plane.store.listFiles(image)).find((file) => file.name === name);
    const content = Buffer.from(await plane.store.readFile(image, name, 1 << 24));
    original.push({ name, content });
    await put(name, change(content), Buffer.from(listed?.md5 ?? '', 'hex'));
  }
  async function put(name: string, content: Buffer, blobContentMD5: Uint8Array): Promise<void> {
    const blob = plane.container.getBlockBlobClient(`${image}/${name}`);
    const block = Buffer.from('block').toString('base64');
    await blob.stageBlock(block, content, content.length);
    await blob.commitBlockList([block], { blobHTTPHeaders: { blobContentMD5 } });
  }
  afterEach(async () => {
    const { createHash } = await import('node:crypto');
    for (const { name, content } of original.splice(0)) {
      await put(name, content, createHash('md5').update(content).digest());
    }
  });
  const restore = async (name: string) => {
    const { instanceId, operationId } = await plane.createInstance({ name, sourceImageId: image });
    const { failure, state } = await plane.ended(operationId);
    expect(state).toBe('FAILED');
    await expectNothingLeft(instanceId);
    expect(await plane.image(image)).toMatchObject({ state: 'AVAILABLE', failure: null });
    return failure;
  };

  it('fails before anything is made when a file has another size', async () => {
    await replace('packs/0001.tar.zst', (content) => Buffer.concat([content, Buffer.from('DROP ROLE ada;')]));
    const failure = await restore('longer');
    expect(failure).toMatchObject({ code: 'STEP_FAILED', step: 'Look up the image' });
    expect(failure?.message).toMatch(/packs\/0001\.tar\.zst has \d+ bytes instead of \d+/);
  });

  it('fails before its data is used when content was altered under an unchanged MD5', async () => {
    await replace('packs/0001.tar.zst', (content) => {
      const altered = Buffer.from(content);
      const middle = altered.length >> 1;
      altered[middle] = (altered[middle] ?? 0) ^ 1;
      return altered;
    });
    const failure = await restore('altered');
    expect(failure?.code).toBe('STEP_FAILED');
    expect(['Download the image', 'Check the files']).toContain(failure?.step);
    expect(failure?.message).not.toMatch(/exit (code|status)|sig=/);
  });

  it('fails when the manifest was altered', async () => {
    await replace('manifest.json', (content) => Buffer.from(content.toString().replace('"nightly"', '"nightlx"')));
    await plane.container
      .getBlockBlobClient(`${image}/manifest.json`)
      .setHTTPHeaders({ blobContentType: 'application/json' });
    const failure = await restore('manifest');
    expect(failure).toMatchObject({ code: 'STEP_FAILED', step: 'Look up the image' });
    expect(failure?.message).toMatch(/manifest\.json was altered/);
  });
});

describe('what is done to a server with data', () => {
  it('ends in STOPPED when a stop is cancelled after the server has ended', async () => {
    const { promise: stopped, resolve: hasStopped } = Promise.withResolvers<void>();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    hooks.platform.stopServer = async (real) => {
      await real();
      hasStopped();
      await gate;
    };
    const operationId = await plane.begin('stop', source);
    await stopped;
    await plane.cancel(operationId);
    const { state } = await plane.ended(operationId);
    open();
    expect(state).toBe('CANCELLED');
    expect(await plane.instance(source)).toMatchObject({ state: 'STOPPED', failure: { code: 'CANCELLED' } });
    hooks.clear();
    expect(await plane.act('start', source)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await plane.instance(source)).toMatchObject({ state: 'RUNNING', failure: null });
  });

  it('is RUNNING when a start is cancelled that the platform carries out all the same', async () => {
    await plane.act('stop', source);
    const { promise: begun, resolve: hasBegun } = Promise.withResolvers<void>();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    hooks.platform.ensureServer = async (real) => {
      hasBegun();
      await gate;
      await real();
    };
    const operationId = await plane.begin('start', source);
    await begun;
    await plane.cancel(operationId);
    // Later than the step is waited for: it is left behind, and what it does is not overlooked.
    setTimeout(open, 2_000);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'CANCELLED' });
    hooks.clear();
    expect(await plane.instance(source)).toMatchObject({ state: 'RUNNING', failure: { code: 'CANCELLED' } });
    await expect.poll(async () => (await plane.connect(source)).end()).toBeUndefined();
  });

  it('keeps its state and its data when a stop fails', async () => {
    hooks.platform.stopServer = broken;
    expect(await plane.act('stop', source)).toMatchObject({ state: 'FAILED' });
    expect(await plane.instance(source)).toMatchObject({
      state: 'RUNNING',
      failure: { message: 'the platform says no', step: 'Stop the server' },
    });
    await (await plane.connect(source)).end();
  });

  it('is STOPPED, never FAILED, when a restart cannot start it again', async () => {
    hooks.platform.ensureServer = broken;
    expect(await plane.act('restart', source)).toMatchObject({ state: 'FAILED' });
    expect(await plane.instance(source)).toMatchObject({ state: 'STOPPED', failure: { step: 'Start the server' } });
    hooks.clear();
    expect(await plane.act('start', source)).toMatchObject({ state: 'SUCCEEDED' });
    const client = await plane.connect(source);
    expect((await client.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 1000 }]);
    await client.end();
  });

  it('stays DELETING when it cannot be deleted, and is DELETED by a retry', async () => {
    hooks.platform.removeVolume = broken;
    const operationId = await plane.begin('delete', source);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'FAILED' });
    expect(await plane.instance(source)).toMatchObject({ state: 'DELETING', failure: { step: 'Remove the volume' } });
    hooks.clear();
    await plane.retry(operationId);
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await plane.instance(source)).toMatchObject({ state: 'DELETED', failure: null });
  });

  it('stays DELETING with its cause when an image cannot be deleted, and its files go with a retry', async () => {
    hooks.store.removeImage = broken;
    const { failure, id } = await plane.deleteImage(image);
    expect(failure?.step).toBe('Delete the files');
    expect(await plane.image(image)).toMatchObject({ state: 'DELETING', failure: { step: 'Delete the files' } });
    hooks.clear();
    await plane.retry(id);
    expect(await plane.ended(id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await plane.image(image)).toMatchObject({ state: 'DELETED', failure: null });
    expect(await plane.blobs(`${image}/`)).toEqual([]);
  });
});
