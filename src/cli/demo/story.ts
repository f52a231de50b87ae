import { styleText } from 'node:util';
import type { ApiClient } from '../api-client.ts';
import { formatBytes, formatSeconds } from '../units.ts';
import { watchOperation } from '../watch-operation.ts';
import { fingerprintServer, listDifferences } from './fingerprint.ts';
import type { DemoGround } from './ground.ts';
import { loadSampleData } from './sample-data.ts';

const out = process.stdout;
const say = (text: string) => out.write(`${text}\n`);
const heading = (text: string) => say(`\n${styleText('bold', text)}`);

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const start = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - start) / 1000 };
}

interface Created {
  readonly id: string;
  readonly connectionString: string;
}

async function createInstance(
  api: ApiClient,
  { reach }: DemoGround,
  name: string,
  sourceImageId: string | null,
): Promise<Created> {
  const { createInstance: accepted } = await api.request<{
    createInstance: { instance: { id: string }; operation: { id: string }; notices: string[] };
  }>(
    `mutation ($input: CreateInstanceInput!) { createInstance(input: $input) { instance { id } operation { id } notices } }`,
    { input: { name, ...(sourceImageId === null ? {} : { sourceImageId }) } },
  );
  for (const notice of accepted.notices) say(styleText('yellow', `  note: ${notice}`));
  await watchOperation(api, accepted.operation.id, sourceImageId === null ? `Create ${name}` : `Restore ${name}`, out);
  const { instanceCredentials } = await api.request<{ instanceCredentials: { connectionString: string } }>(
    'query ($id: ID!) { instanceCredentials(instanceId: $id) { connectionString } }',
    { id: accepted.instance.id },
  );
  return { id: accepted.instance.id, connectionString: await reach(instanceCredentials.connectionString) };
}

interface TakenImage {
  readonly id: string;
  readonly sizeBytes: number;
  readonly databaseBytes: number;
  readonly files: readonly unknown[];
}

async function takeImage(api: ApiClient, name: string, instanceId: string): Promise<TakenImage> {
  const { createImage } = await api.request<{ createImage: { image: { id: string }; operation: { id: string } } }>(
    `mutation ($input: CreateImageInput!) { createImage(input: $input) { image { id } operation { id } } }`,
    { input: { name, instanceId } },
  );
  await watchOperation(api, createImage.operation.id, `Image ${name}`, out);
  const { image } = await api.request<{ image: TakenImage & { state: string } }>(
    'query ($id: ID!) { image(id: $id) { id state sizeBytes databaseBytes files { name } } }',
    { id: createImage.image.id },
  );
  if (image.state !== 'AVAILABLE') throw new Error(`the image is ${image.state}`);
  return image;
}

/** Makes a server, fills it, takes an image, makes a second server from it and proves both equal. Throws with what went wrong. */
export async function tellStory(api: ApiClient, ground: DemoGround): Promise<void> {
  heading('1. A new PostgreSQL server');
  const source = await timed(() => createInstance(api, ground, 'shop', null));
  heading('2. Real data: roles, two databases, a million rows');
  const load = await timed(() => loadSampleData(source.value.connectionString));
  const before = await fingerprintServer(source.value.connectionString);
  say(
    `  ${before.databases} databases, ${before.tables} tables, ${before.rows.toLocaleString('en')} rows in ${formatSeconds(load.seconds)}`,
  );
  heading('3. An image of the whole server in blob storage');
  const image = await timed(() => takeImage(api, 'shop-monday', source.value.id));
  heading('4. A second server from the image');
  const copy = await timed(() => createInstance(api, ground, 'shop-copy', image.value.id));
  heading('5. Are they equal?');
  const [sourceNow, after] = [
    await fingerprintServer(source.value.connectionString),
    await fingerprintServer(copy.value.connectionString),
  ];
  if (sourceNow.digest !== before.digest) throw new Error('the source changed while its image was taken');
  if (after.digest !== before.digest)
    throw new Error(`the restored server differs from its source in: ${listDifferences(before, after).join(', ')}`);
  say(
    `  ${styleText('green', '✔')} roles, rights, shapes and all ${after.rows.toLocaleString('en')} rows have one digest: ${after.digest.slice(0, 12)}…`,
  );
  heading('Summary');
  say(`  create    ${formatSeconds(source.seconds)}`);
  say(
    `  image     ${formatSeconds(image.seconds)}   ${formatBytes(image.value.databaseBytes)} of databases as ${formatBytes(image.value.sizeBytes)} in ${image.value.files.length} files`,
  );
  say(`  restore   ${formatSeconds(copy.seconds)}`);
}
