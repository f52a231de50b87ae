import type { BlockBlobClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

let plane: ControlPlane;
let source: string;
let before: readonly string[];

beforeAll(async () => {
  plane = await openControlPlane();
  const created = await plane.createInstance({ name: 'source' });
  expect(await plane.ended(created.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  source = created.instanceId;
  const client = await plane.connect(source);
  await client.query(`
    CREATE TABLE t AS SELECT n, md5(n::text) AS word FROM generate_series(1, 2000) n;
    CREATE INDEX ON t (word);
    SELECT lo_from_bytea(0, 'a large object')`);
  await client.end();
  before = await plane.objects();
});
afterAll(() => plane?.stop());

/** Positions that look like any, and are the same in every run. */
function positionsIn(bytes: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, nth) => Math.floor(bytes * ((0.6180339887 * (nth + 1)) % 1)));
}

/** Flips one bit while `work` is done; the store vouches for the file by the MD5 that it had. */
async function whileFlipped<T>(blob: BlockBlobClient, position: number, work: () => Promise<T>): Promise<T> {
  const whole = await blob.downloadToBuffer();
  const { contentMD5 } = await blob.getProperties();
  const write = async (content: Buffer) => {
    await blob.uploadData(content);
    if (contentMD5 !== undefined) await blob.setHTTPHeaders({ blobContentMD5: contentMD5 });
  };
  const altered = Buffer.from(whole);
  altered[position] = (altered[position] ?? 0) ^ (1 << (position % 8));
  await write(altered);
  try {
    return await work();
  } finally {
    await write(whole);
  }
}

async function drill(imageId: string) {
  const begun = await plane.verifyImage(imageId);
  await plane.ended(begun.operationId);
  return plane.drill(begun.drillId);
}

describe.each([
  ['LOGICAL', false, 8],
  ['LOGICAL', true, 6],
  ['PHYSICAL', false, 3],
  ['PHYSICAL', true, 2],
] as const)('a byte that was flipped in the store in a %s image (encrypted: %s)', (method, encrypt, times) => {
  it('is found by a drill, in whichever file it is', async () => {
    const name = `${method.toLowerCase()}-${encrypt ? 'sealed' : 'plain'}`;
    const taken = await plane.takeImage(name, source, method, encrypt);
    expect(await plane.ended(taken.operationId)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await drill(taken.imageId)).toMatchObject({ state: 'PASSED' });
    const files = await plane.blobs(`${taken.imageId}/`);
    // Small ones travel in packs.
    expect(files.length).toBeGreaterThan(method === 'LOGICAL' ? 2 : 3);
    const unseen: string[] = [];
    for (const file of files) {
      const blob = plane.container.getBlockBlobClient(file);
      const { contentLength = 0 } = await blob.getProperties();
      for (const position of contentLength === 0 ? [] : positionsIn(contentLength, times)) {
        const ended = await whileFlipped(blob, position, () => drill(taken.imageId));
        const isSaid = ended.findings[0]?.code === 'IMAGE_NOT_PROVEN' && ended.failure !== null;
        if (ended.state !== 'FAILED' || !isSaid) unseen.push(`${file} at ${position}: ${ended.state}`);
      }
    }
    expect(unseen).toEqual([]);
    expect(await plane.objects()).toEqual(before);
    expect(await drill(taken.imageId)).toMatchObject({ state: 'PASSED' });
  }, 1_800_000);
});
