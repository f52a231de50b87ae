import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { changePacks } from '../../support/packed-image.ts';

import { copyImage, dataFile, expectFailure, harness, image, useTakenImage } from './taken-image.ts';

useTakenImage();

test('a file that was altered after the upload is named, and no server comes of it', async () => {
  const harmed = await copyImage();
  const file = dataFile(harmed.files);
  const blob = harness.container.getBlockBlobClient(`${harmed.id}/${file}`);
  const content = await blob.downloadToBuffer();
  content.writeUInt8(content.readUInt8(content.length >> 1) ^ 1, content.length >> 1);
  await blob.uploadData(content);
  const { end, volume } = await harness.restore(harmed);
  expectFailure(end, 78, new RegExp(`damaged: ${file} is not what was written`));
  expect(await readdir(volume)).not.toContain('pgdata');
  expect(await readdir(volume)).not.toContain('restored-from');
});

test('a file that was cut and one that is missing are named, and one too many is not read', async () => {
  const cut = await copyImage();
  const file = dataFile(cut.files);
  const blob = harness.container.getBlockBlobClient(`${cut.id}/${file}`);
  await blob.uploadData((await blob.downloadToBuffer()).subarray(0, 1000));
  expectFailure((await harness.restore(cut)).end, 78, new RegExp(`damaged: ${file} has 1000 bytes instead of [0-9]+`));

  await blob.delete();
  expectFailure((await harness.restore(cut)).end, 78, new RegExp(`damaged: missing ${file}`));

  const more = await copyImage();
  await harness.container.getBlockBlobClient(`${more.id}/databases/extra.dat`).uploadData(Buffer.from('x'));
  expect((await harness.restore(more)).end).toMatchObject({ exitCode: 0, errors: [] });
});

test('a list of checksums that was cut or is missing, and an image that is not there, are errors', async () => {
  const cut = await copyImage();
  const list = harness.container.getBlockBlobClient(`${cut.id}/checksums.tsv`);
  await list.uploadData((await list.downloadToBuffer()).subarray(0, 200));
  expectFailure((await harness.restore(cut)).end, 78, /damaged: checksums\.tsv has 200 bytes instead of [0-9]+/);
  await list.delete();
  expectFailure((await harness.restore(cut)).end, 78, /damaged: missing checksums\.tsv/);
  const none = { ...image, url: `${harness.container.url}/${randomUUID()}` };
  expectFailure((await harness.restore(none)).end, 78, /damaged: missing checksums\.tsv/);
});

test('the manifest beside the data is no part of it', async () => {
  const whole = await copyImage();
  await harness.container.getBlockBlobClient(`${whole.id}/manifest.json`).uploadData(Buffer.from('{}'));
  expect((await harness.restore(whole)).end).toMatchObject({ exitCode: 0, errors: [] });
});

test('a file of roles that holds a command of psql is refused', async () => {
  const harmed = await copyImage();
  const parameters = await changePacks(harness.container, harmed.id, (files) => {
    const roles = files.get('roles.sql') ?? Buffer.alloc(0);
    files.set('roles.sql', Buffer.concat([roles, Buffer.from('\\! touch /tmp/toygres-was-here\n')]));
  });
  const { end } = await harness.restore(harmed, { parameters });
  expectFailure(end, 78, /file of roles is refused: a command of psql where SQL must be/);
});

test('a pack with a file that leaves the image, or comes twice, is refused', async () => {
  for (const name of ['../../escaped', '/tmp/escaped', 'manifest.json']) {
    const harmed = await copyImage();
    const parameters = await changePacks(harness.container, harmed.id, (files) => files.set(name, Buffer.from('x')));
    expectFailure((await harness.restore(harmed, { parameters })).end, 78, /a pack holds .* no file of an image/);
  }
});
