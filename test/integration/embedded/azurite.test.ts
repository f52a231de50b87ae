import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedAzurite, findAzurite, startEmbeddedAzurite } from '../../../src/embedded/azurite.ts';
import { readProcess, readUser } from '../../../src/machine/process-mark.ts';
import { readStoreUser } from '../../../src/postgres-programs/identity.ts';
import { captureLog } from '../../support/capture-log.ts';
import { killHard, startProcess } from '../../support/control-process.ts';
import { eventually } from '../../support/eventually.ts';

describe('the embedded blob store', () => {
  let home: string;
  let stateDirectory: string;
  const { log, messages } = captureLog();
  const start = () => startEmbeddedAzurite({ stateDirectory, log });
  const pidOf = async () =>
    Number(JSON.parse(await readFile(path.join(stateDirectory, 'azurite/server.json'), 'utf8')).process.pid);
  const container = ({ connectionString }: EmbeddedAzurite) =>
    BlobServiceClient.fromConnectionString(connectionString, {
      retryOptions: { maxTries: 1 },
    }).getContainerClient('images');
  const read = async (store: EmbeddedAzurite) =>
    (await container(store).getBlockBlobClient('kept').downloadToBuffer()).toString();

  beforeAll(async () => {
    home = await mkdtemp('/tmp/toygres-blobs-');
    await chmod(home, 0o755);
    stateDirectory = path.join(home, 'state');
  });
  afterAll(async () => {
    // Also what a failed test left running.
    await (await start()).stop();
    await rm(home, { recursive: true, force: true });
  });

  test('keeps blobs, key and port between runs, and stops without a trace', async () => {
    const first = await start();
    await container(first).create();
    await container(first).getBlockBlobClient('kept').upload('forty-two', 9);
    const pid = await pidOf();
    await first.stop();
    expect(await readProcess(pid)).toBeNull();
    const second = await start();
    expect(second.connectionString).toBe(first.connectionString);
    expect(await read(second)).toBe('forty-two');
    await second.stop();
  });

  test('has a key of its own, in a file of mode 0600, and refuses the well-known one', async () => {
    const store = await start();
    const key = /AccountKey=([^;]+)/.exec(store.connectionString)?.[1] ?? '';
    expect((await stat(path.join(stateDirectory, 'azurite/account-key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(`/proc/${await pidOf()}/cmdline`, 'utf8')).not.toContain(key);
    const wellKnown = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
    const connectionString = store.connectionString.replace(key, wellKnown);
    await expect(read({ ...store, connectionString })).rejects.toMatchObject({ statusCode: 403 });
    await store.stop();
  });

  test('adopts the one that a killed run left behind', async () => {
    await killHard(await startProcess('embedded-process.ts', home, 'azurite'));
    const leftover = await pidOf();
    const store = await start();
    expect(await pidOf()).toBe(leftover);
    expect(await read(store)).toBe('forty-two');
    await store.stop();
    expect(await readProcess(leftover)).toBeNull();
  });

  test.skipIf(process.getuid?.() !== 0)(
    'runs as a user of its own where we are root, who also gets the blobs of a version that ran it as root',
    async () => {
      const uid = (await readStoreUser())?.uid ?? -1;
      const data = path.join(stateDirectory, 'azurite/data');
      for (const name of await readdir(data, { recursive: true })) await chown(path.join(data, name), 0, 0);
      await chown(data, 0, 0);
      await symlink('/etc/hostname', path.join(data, 'link'));
      const store = await start();
      expect(uid).toBeGreaterThan(0);
      const status = await readFile(`/proc/${await pidOf()}/status`, 'utf8');
      expect(await readUser(await pidOf())).toBe(uid);
      // Real, effective, saved and file system's, and no group of root's.
      expect(status).toMatch(new RegExp(`^Uid:\\s${[uid, uid, uid, uid].join('\\s')}$`, 'm'));
      expect(/^Groups:\s*(.*?)\s*$/m.exec(status)?.[1]?.split(' ')).not.toContain('0');
      expect(await read(store)).toBe('forty-two');
      await container(store).getBlockBlobClient('later').upload('as the user', 11);
      for (const name of await readdir(data)) {
        if (name !== 'link') expect((await stat(path.join(data, name))).uid, name).toBe(uid);
      }
      expect((await stat('/etc/hostname')).uid).toBe(0);
      expect((await stat(data)).mode & 0o777).toBe(0o700);
      await store.stop();
    },
  );

  test('that is not installed, as where an account is used, is named with what to do', () => {
    const resolve = () => {
      throw new Error("Cannot find module 'azurite/package.json'");
    };
    expect(() => findAzurite(resolve)).toThrow(/not installed: set AZURE_STORAGE_ACCOUNT .* or install it \(npm ci\)/);
  });

  test('has what it acknowledged when it is killed in that moment: blobs of both ways to upload, deletions and policies', async () => {
    const store = await start();
    const images = container(store);
    await images.getBlockBlobClient('whole--1').upload('to be deleted', 13);
    // One kill each: the longer it is before the next start.
    for (let round = 0; round < 4; round += 1) {
      const [whole, blocks] = [
        images.getBlockBlobClient(`whole-${round}`),
        images.getBlockBlobClient(`blocks-${round}`),
      ];
      await Promise.all([
        whole.upload('in one', 6),
        blocks.stageBlock('AAAA', 'in bl', 5).then(() => blocks.stageBlock('AAAB', 'ocks', 4)),
      ]);
      await images.setAccessPolicy(undefined, [{ id: `policy-${round}`, accessPolicy: { permissions: 'r' } }]);
      await images.getBlockBlobClient(`whole-${round - 1}`).delete();
      await blocks.commitBlockList(['AAAA', 'AAAB']);
      const pid = await pidOf();
      process.kill(pid, 'SIGKILL');
      await eventually(
        async () => (await pidOf()) !== pid && (await images.exists().catch(() => false)),
        (isBack) => isBack,
      );
      expect((await whole.downloadToBuffer()).toString()).toBe('in one');
      expect((await blocks.downloadToBuffer()).toString()).toBe('in blocks');
      expect((await images.getAccessPolicy()).signedIdentifiers.map(({ id }) => id)).toEqual([`policy-${round}`]);
      expect(await images.getBlockBlobClient(`whole-${round - 1}`).exists()).toBe(false);
    }
    await store.stop();
  });

  test('is started again on the same port when it dies, and says so', async () => {
    const store = await start();
    const before = await pidOf();
    process.kill(before, 'SIGKILL');
    await eventually(
      () => read(store).catch(() => null),
      (content) => content === 'forty-two',
    );
    expect(await pidOf()).not.toBe(before);
    expect(messages).toContain('The embedded blob store has ended unexpectedly; it is started again');
    await store.stop();
  });
});
