import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ImageMethod } from '../../../schema/states.ts';
import { eventually } from '../../support/eventually.ts';
import { type ImmutableStore, startImmutableStore } from '../../support/immutable-store.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

let store: ImmutableStore;
let plane: ControlPlane;
let source: string;
beforeAll(async () => {
  plane = await openControlPlane({
    front: async (azurite) => {
      store = await startImmutableStore(azurite.port);
      return store;
    },
  });
  const { instanceId, operationId } = await plane.createInstance({ name: 'source' });
  await plane.ended(operationId);
  source = instanceId;
  const client = await plane.connect(source);
  // Too large for a pack: it goes up on its own.
  await client.query(
    `CREATE TABLE t AS SELECT n, (SELECT string_agg(md5((n * k)::text), '') FROM generate_series(1, 40) k) AS text
     FROM generate_series(1, 2000) n`,
  );
  await client.end();
});
afterAll(() => plane?.stop());

/** Kills the supervisor of the operation's job when the first file of the image is in the store. */
function killAtFirstFile(operationId: () => string, imageId: () => string): () => number {
  let killed = 0;
  store.onWritten = async (name) => {
    if (killed > 0 || !name.startsWith(`${imageId()}/`)) return;
    killed = 1;
    const [job] = await plane.jobs(operationId());
    const note = path.join(plane.stateDirectory, 'jobs', job?.id ?? '', 'run/supervisor');
    process.kill(Number((await readFile(note, 'utf8')).split(' ')[0]), 'SIGKILL');
  };
  return () => killed;
}

const rowsOf = async (instanceId: string) => {
  const client = await plane.connect(instanceId);
  const { rows } = await client.query('SELECT count(*), md5(string_agg(text, $1 ORDER BY n)) FROM t', [',']);
  await client.end();
  return rows;
};

const kinds: readonly [ImageMethod, boolean][] = [
  ['LOGICAL', false],
  ['LOGICAL', true],
  ['PHYSICAL', false],
];

it.each(kinds)(
  '%s, encrypted %s: an attempt after one that was cut off writes beside it, and its image is whole',
  async (method, encrypt) => {
    let begun = { imageId: 'none', operationId: 'none' };
    const killed = killAtFirstFile(
      () => begun.operationId,
      () => begun.imageId,
    );
    const name = `cut-${method.toLowerCase()}-${encrypt}`;
    begun = await plane.takeImage(name, source, method, encrypt);
    const { imageId, operationId } = begun;
    expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(killed()).toBe(1);
    expect((await plane.jobs(operationId))[0]).toMatchObject({ attempts: 2 });
    expect(store.refused.filter((request) => request.startsWith('PUT'))).toEqual([]);

    const { files } = await plane.store.readManifest(imageId);
    expect(files.filter((file) => !file.name.startsWith('attempt-1.2/'))).toEqual([]);
    // What the first attempt wrote may not be removed, and is no part of the image.
    const beside = (await plane.blobs(`${imageId}/`)).filter((blob) => !blob.startsWith(`${imageId}/attempt-1.2/`));
    expect(beside.length).toBeGreaterThan(1);

    const copy = await plane.createInstance({ name: `copy-of-${name}`, sourceImageId: imageId });
    expect(await plane.ended(copy.operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(await rowsOf(copy.instanceId)).toEqual(await rowsOf(source));
    const drill = await plane.verifyImage(imageId);
    expect(await plane.ended(drill.operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(await plane.drill(drill.drillId)).toMatchObject({ state: 'PASSED' });
  },
  300_000,
);

it('an image that failed for good is taken by a retry beside what could not be removed', async () => {
  let isBroken = true;
  store.onWritten = async (name) => {
    // What a store is that says nothing any more: nobody hears that the list has come.
    if (isBroken && name.endsWith('checksums.tsv')) throw new Error('no answer');
  };
  const { imageId, operationId } = await plane.createImage('failed-once', source);
  expect(await plane.ended(operationId)).toMatchObject({ state: 'FAILED' });
  expect((await plane.blobs(`${imageId}/`)).length).toBeGreaterThan(0);
  isBroken = false;
  await plane.retry(operationId);
  expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
  const { files } = await plane.store.readManifest(imageId);
  expect(files.filter((file) => !file.name.startsWith('attempt-2.1/'))).toEqual([]);
});

it('an image that the policy keeps stays AVAILABLE, and goes with all that lies beside it when that is over', async () => {
  store.onWritten = async () => undefined;
  const { id = '' } = (await plane.imageNamed('cut-logical-false')) ?? {};
  const before = await plane.blobs(`${id}/`);
  expect(await plane.deleteImage(id)).toMatchObject({ state: 'FAILED', failure: { code: 'CONFLICT' } });
  expect(await plane.image(id)).toMatchObject({ state: 'AVAILABLE' });
  expect(await plane.blobs(`${id}/`)).toEqual(before);
  store.lift();
  expect(await plane.deleteImage(id)).toMatchObject({ state: 'SUCCEEDED' });
  await eventually(
    () => plane.blobs(`${id}/`),
    (left) => left.length === 0,
  );
});
