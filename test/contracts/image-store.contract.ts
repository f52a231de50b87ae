import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageStore } from '../../jobs/ports/image-store.ts';
import { sampleManifest } from '../support/sample-manifest.ts';
import { md5, type StoreUnderTest } from '../support/store-under-test.ts';
import { describeGrants } from './image-store-grants.contract.ts';
import { describeJobLogs } from './image-store-logs.contract.ts';

/** What every ImageStore promises; run it against each adapter. */
export function describeImageStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`image store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: ImageStore;
    beforeAll(async () => {
      under = await open();
      ({ store } = under);
    });
    afterAll(() => under.stop());

    describe('a place to try', () => {
      it('is written and read with its own two grants, is no image, and goes whole', async () => {
        const job = randomUUID();
        const { upload, download } = await store.grantTrial(job, 600);
        expect(upload.url).toMatch(new RegExp(`/_trials/${job}$`));
        expect(download.url).toBe(upload.url);
        const name = `_trials/${job}/probe`;
        await under.put(name, Buffer.from('hello'));
        await under.put(`_trials/${job}/deep/er`, Buffer.from('hello'));
        expect(await store.listImageIds()).not.toContain(job);
        expect(await store.removeTrial(job)).toBe(2);
        expect(await store.removeTrial(job)).toBe(0);
        expect(await under.has(name)).toBe(false);
      });

      it('that was left behind goes when it is older than wanted, and nothing else does', async () => {
        const [trial, image] = [`_trials/${randomUUID()}/probe`, `${randomUUID()}/a`];
        for (const name of [trial, image]) await under.put(name, Buffer.from('hello'));
        await store.removeTrialsBefore(new Date(Date.now() - 60_000));
        expect(await under.has(trial)).toBe(true);
        expect(await store.removeTrialsBefore(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
        expect(await under.has(trial)).toBe(false);
        expect(await under.has(image)).toBe(true);
      });

      it('is named by an id: what is none is refused', async () => {
        for (const id of ['', '..', 'x/y']) {
          await expect(store.grantTrial(id, 600)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
          await expect(store.removeTrial(id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
        }
      });
    });

    describe('files', () => {
      it('lists names below the prefix in order, with sizes and MD5, and nothing of other images', async () => {
        const [id, other] = [randomUUID(), randomUUID()];
        const content = Buffer.from('hello');
        for (const file of ['z.bin', 'databases/1/toc.dat', 'a']) await under.put(`${id}/${file}`, content);
        await under.put(`${other}/a`, content);
        expect(await store.listFiles(id)).toEqual(
          ['a', 'databases/1/toc.dat', 'z.bin'].map((file) => ({
            name: file,
            sizeBytes: 5,
            md5: '5d41402abc4b2a76b9719d911017c592',
          })),
        );
        expect(await store.listFiles(randomUUID())).toEqual([]);
      });

      it('reads a file whole, says NOT_FOUND when it is absent and refuses one that is too large', async () => {
        const id = randomUUID();
        await under.put(`${id}/f`, Buffer.from('hello'));
        expect(Buffer.from(await store.readFile(id, 'f', 5)).toString()).toBe('hello');
        await expect(store.readFile(id, 'f', 4)).rejects.toMatchObject({ code: 'STEP_FAILED' });
        await expect(store.readFile(id, 'g', 5)).rejects.toMatchObject({ code: 'NOT_FOUND' });
        await under.put(`${id}/empty`, Buffer.alloc(0));
        expect(await store.readFile(id, 'empty', 5)).toHaveLength(0);
      });

      it('does not take content for good that is not what its MD5 says', async () => {
        const id = randomUUID();
        await under.put(`${id}/f`, Buffer.from('hello'), md5(Buffer.from('other')));
        await expect(store.readFile(id, 'f', 100)).rejects.toMatchObject({ code: 'STEP_FAILED' });
      });

      it('removes the files it is told, and does not mind those that are gone', async () => {
        const id = randomUUID();
        for (const file of ['a', 'b', 'c']) await under.put(`${id}/${file}`, Buffer.from(file));
        await store.removeFiles(id, ['a', 'c', 'never there']);
        expect((await store.listFiles(id)).map((file) => file.name)).toEqual(['b']);
      });

      it('refuses an id that is none, so that no prefix is everybody’s', async () => {
        for (const id of ['', '/', '..', '_logs', randomUUID().toUpperCase(), `${randomUUID()}/x`]) {
          await expect(store.removeImage(id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
          await expect(store.listFiles(id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
        }
      });
    });

    describe('manifest', () => {
      it('comes back as it was written, also when it is written twice', async () => {
        const id = randomUUID();
        const manifest = sampleManifest(id);
        await store.writeManifest(id, manifest);
        await store.writeManifest(id, manifest);
        expect(await store.readManifest(id)).toEqual(manifest);
        const [listed] = await store.listFiles(id);
        const bytes = await store.readFile(id, 'manifest.json', 1 << 20);
        expect(listed).toEqual({ name: 'manifest.json', sizeBytes: bytes.length, md5: md5(bytes).toString('hex') });
      });

      it('is NOT_FOUND where there is none', async () => {
        await expect(store.readManifest(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
      });

      it('holds thousands of files', async () => {
        const id = randomUUID();
        const files = Array.from({ length: 20_000 }, (_, at) => ({
          name: `databases/${at}/${at}.dat.gz`,
          sizeBytes: at,
          md5: 'a'.repeat(32),
          sha256: 'b'.repeat(64),
        }));
        await store.writeManifest(id, sampleManifest(id, { files }));
        expect((await store.readManifest(id)).files).toEqual(files);
      });

      const written = async (id: string) => {
        await store.writeManifest(id, sampleManifest(id));
        return Buffer.from(await store.readFile(id, 'manifest.json', 1 << 20)).toString();
      };
      const tampering: readonly [string, (text: string, id: string) => string, RegExp][] = [
        ['cut in the middle', (text) => text.slice(0, text.length / 2), /cut/],
        ['empty', () => '', /cut/],
        ['no JSON', () => 'hello', /JSON/],
        ['a list', () => '[]', /object/],
        ['of a later format', (text) => text.replace('"formatVersion": 1', '"formatVersion": 2'), /format/],
        ['without a field', (text) => text.replace('"superuser"', '"supervisor"'), /superuser/],
        ['changed in a size', (text) => text.replace('"sizeBytes": 10', '"sizeBytes": 11'), /altered/],
        ['changed in a checksum', (text) => text.replace('bbbbb', 'bbbbc'), /altered/],
        ['without its seal', (text) => text.replace('"seal"', '"sail"'), /altered/],
      ];
      it.each(tampering)('that is %s is refused with what is wrong', async (_, tamper, cause) => {
        const id = randomUUID();
        await under.put(`${id}/manifest.json`, Buffer.from(tamper(await written(id), id)));
        await expect(store.readManifest(id)).rejects.toMatchObject({
          code: 'STEP_FAILED',
          message: expect.stringMatching(cause),
        });
      });

      it('of another image is refused', async () => {
        const [id, other] = [randomUUID(), randomUUID()];
        await under.put(`${id}/manifest.json`, Buffer.from(await written(other)));
        await expect(store.readManifest(id)).rejects.toMatchObject({
          code: 'STEP_FAILED',
          message: expect.stringContaining(other),
        });
      });
    });

    describe('removal', () => {
      it('leaves nothing below the prefix and touches no neighbour; of nothing, or twice, it succeeds', async () => {
        const [id, other] = [randomUUID(), randomUUID()];
        for (let at = 0; at < 40; at += 1) await under.put(`${id}/databases/1/${at}.dat`, Buffer.from('x'));
        await store.writeManifest(id, sampleManifest(id));
        await under.put(`${other}/a`, Buffer.from('x'));
        expect(await store.removeImage(id)).toBe(41);
        expect(await store.removeImage(id)).toBe(0);
        expect(await store.listFiles(id)).toEqual([]);
        expect(await store.listFiles(other)).toHaveLength(1);
        const ids = await store.listImageIds();
        expect(ids).toContain(other);
        expect(ids).not.toContain(id);
      });
    });

    describeJobLogs(() => store);
    describeGrants(
      () => store,
      () => under,
    );
  });
}
