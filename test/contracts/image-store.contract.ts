import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageStore } from '../../jobs/ports/image-store.ts';
import type { PlatformLogLine } from '../../jobs/ports/platform.ts';
import { prepareAzcopy, type TestAzcopy } from '../support/azcopy.ts';
import { sampleManifest } from '../support/sample-manifest.ts';

/** What the suite needs beside the store: a way to put files there that the store did not write. */
export interface StoreUnderTest {
  readonly store: ImageStore;
  /** Writes a blob with the right MD5, or with the one that is given. */
  put(name: string, content: Uint8Array, md5?: Uint8Array): Promise<void>;
  /** Whether there is such a blob. */
  has(name: string): Promise<boolean>;
  stop(): Promise<void>;
}

const md5 = (content: Uint8Array) => createHash('md5').update(content).digest();

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

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

    describe('job logs', () => {
      const line = (number: number, attempt: number, text: string): PlatformLogLine => ({
        line: number,
        attempt,
        at: number % 2 ? new Date('2026-01-01T00:00:00.123Z') : null,
        text,
      });
      async function* lines(from: number, count: number, attempt: number, text = 'said') {
        for (let at = from; at < from + count; at += 1) yield line(at, attempt, `${text} ${at}`);
      }

      it('come back line by line over all attempts in order, also beyond ten', async () => {
        const job = randomUUID();
        for (const attempt of [2, 10, 1]) await store.writeJobLog(job, attempt, lines(attempt * 10, 3, attempt));
        const read = await collect(store.readJobLog(job));
        expect(read.map((l) => [l.attempt, l.line])).toEqual(
          [1, 2, 10].flatMap((attempt) => [0, 1, 2].map((at) => [attempt, attempt * 10 + at])),
        );
        expect(read[1]).toEqual(line(11, 1, 'said 11'));
        expect(read[0]?.at).toBeNull();
      });

      it('keep every character of a line, and of a line break make none', async () => {
        const job = randomUUID();
        const texts = ['', '  indented\ttab', 'ü 🐘 \u2028', 'carriage\rreturn', 'x'.repeat(200_000)];
        await store.writeJobLog(
          job,
          1,
          (async function* () {
            for (const [at, text] of texts.entries()) yield line(at + 1, 1, text);
            yield line(99, 1, 'two\nlines');
          })(),
        );
        expect((await collect(store.readJobLog(job))).map((l) => l.text)).toEqual([...texts, 'two␊lines']);
      });

      it('are replaced by the same attempt again, whole or not at all', async () => {
        const job = randomUUID();
        await store.writeJobLog(job, 1, lines(1, 5, 1));
        await store.writeJobLog(job, 1, lines(1, 2, 1, 'new'));
        const failing = async function* () {
          yield* lines(1, 50_000, 1, 'never kept');
          throw new Error('the platform went away');
        };
        await expect(store.writeJobLog(job, 1, failing())).rejects.toThrow('the platform went away');
        expect((await collect(store.readJobLog(job))).map((l) => l.text)).toEqual(['new 1', 'new 2']);
      });

      it('are nothing for a job of which none was kept, and for one that said nothing', async () => {
        const job = randomUUID();
        expect(await collect(store.readJobLog(job))).toEqual([]);
        await store.writeJobLog(job, 1, lines(1, 0, 1));
        expect(await collect(store.readJobLog(job))).toEqual([]);
      });

      it('are no image, and outlive the removal of every image', async () => {
        const job = randomUUID();
        await store.writeJobLog(job, 1, lines(1, 1, 1));
        expect(await store.listImageIds()).not.toContain(job);
        expect((await store.listImageIds()).every((id) => !id.startsWith('_'))).toBe(true);
        await store.removeImage(job);
        expect(await collect(store.readJobLog(job))).toHaveLength(1);
      });

      it('go when they are older than wanted', async () => {
        const job = randomUUID();
        await store.writeJobLog(job, 1, lines(1, 1, 1));
        await store.removeJobLogsBefore(new Date(Date.now() - 60_000));
        expect(await collect(store.readJobLog(job))).toHaveLength(1);
        expect(await store.removeJobLogsBefore(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
        expect(await collect(store.readJobLog(job))).toEqual([]);
      });

      it('are read as far as somebody wants them and no further', async () => {
        const job = randomUUID();
        await store.writeJobLog(job, 1, lines(1, 100_000, 1));
        for await (const read of store.readJobLog(job)) if (read.line === 3) break;
        expect(await collect(store.readJobLog(job))).toHaveLength(100_000);
      });
    });

    describe('grants, used by the real azcopy', () => {
      let azcopy: TestAzcopy;
      let directory: string;
      beforeAll(async () => {
        azcopy = await prepareAzcopy();
        directory = await mkdtemp('/tmp/toygres-grants-');
        await mkdir(path.join(directory, 'from/databases/5'), { recursive: true });
        await writeFile(path.join(directory, 'from/checksums.tsv'), 'hello');
        await writeFile(path.join(directory, 'from/databases/5/data'), Buffer.alloc(9 << 20, 7));
      });
      afterAll(async () => {
        await azcopy.stop();
        await rm(directory, { recursive: true, force: true });
      });
      const upload = (url: string, sas: string | null) =>
        azcopy.run(
          'copy',
          `${directory}/from/*`,
          `${url}?${sas}`,
          '--recursive',
          '--from-to=LocalBlob',
          '--put-md5',
          '--block-size-mb=4',
        );
      const download = (url: string, sas: string | null, to: string) =>
        azcopy.run(
          'copy',
          `${url}/*?${sas}`,
          to,
          '--recursive',
          '--from-to=BlobLocal',
          '--check-md5=FailIfDifferentOrMissing',
        );

      it('to upload is enough for azcopy to write an image and to write it again, to download enough to fetch it', async () => {
        const id = randomUUID();
        const up = await store.grantUpload(id, 600);
        expect(up.url.endsWith(`/${id}`)).toBe(true);
        expect(up.expiresAt.getTime()).toBeGreaterThan(Date.now() + 590_000);
        expect(await upload(up.url, up.sas)).toMatchObject({ ok: true });
        expect(await upload(up.url, up.sas)).toMatchObject({ ok: true });
        const big = Buffer.alloc(9 << 20, 7);
        expect(await store.listFiles(id)).toEqual([
          { name: 'checksums.tsv', sizeBytes: 5, md5: md5(Buffer.from('hello')).toString('hex') },
          { name: 'databases/5/data', sizeBytes: big.length, md5: md5(big).toString('hex') },
        ]);
        const down = await store.grantDownload(id, 600);
        const to = path.join(directory, 'to');
        await mkdir(to);
        expect(await download(down.url, down.sas, to)).toMatchObject({ ok: true });
        expect(await readFile(path.join(to, 'databases/5/data'))).toEqual(big);
      });

      it('to upload lets nobody read, list or delete; to download nobody write or delete', async () => {
        const id = randomUUID();
        await under.put(`${id}/f`, Buffer.from('hello'));
        const up = await store.grantUpload(id, 600);
        const down = await store.grantDownload(id, 600);
        const ask = async (method: string, sas: string | null, body?: string) => {
          const headers = { 'x-ms-version': '2024-11-04', 'x-ms-blob-type': 'BlockBlob' };
          const response = await fetch(`${up.url}/f?${sas}`, { method, headers, ...(body ? { body } : {}) });
          await response.arrayBuffer();
          return response.status;
        };
        const list = async (sas: string | null) => {
          const container = up.url.slice(0, up.url.lastIndexOf('/'));
          const response = await fetch(`${container}?restype=container&comp=list&${sas}`, {
            headers: { 'x-ms-version': '2024-11-04' },
          });
          await response.arrayBuffer();
          return response.status;
        };
        expect([await ask('GET', up.sas), await ask('DELETE', up.sas), await list(up.sas)]).toEqual([403, 403, 403]);
        expect([await ask('PUT', down.sas, 'new'), await ask('DELETE', down.sas)]).toEqual([403, 403]);
        expect([await ask('GET', down.sas), await list(down.sas), await ask('PUT', up.sas, 'new')]).toEqual([
          200, 200, 201,
        ]);
      });

      it('is worth nothing when its time is over', async () => {
        const id = randomUUID();
        await under.put(`${id}/f`, Buffer.from('hello'));
        const { url, sas } = await store.grantDownload(id, -1);
        const response = await fetch(`${url}/f?${sas}`, { headers: { 'x-ms-version': '2024-11-04' } });
        await response.arrayBuffer();
        expect(response.status).toBe(403);
      });
    });

    it('says that it can be used when it can', async () => {
      await expect(store.check()).resolves.toBeUndefined();
    });
  });
}
