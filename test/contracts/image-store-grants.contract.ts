import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobGrant, ImageStore } from '../../jobs/ports/image-store.ts';
import { prepareAzcopy, type TestAzcopy } from '../support/azcopy.ts';
import { md5, type StoreUnderTest } from '../support/store-under-test.ts';

/** The part of the image store's contract that is about what jobs may do with the leave they get. */
export function describeGrants(store: () => ImageStore, under: () => StoreUnderTest): void {
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
      const up = await store().grantUpload(id, 600);
      expect(up.url.endsWith(`/${id}`)).toBe(true);
      expect(up.expiresAt.getTime()).toBeGreaterThan(Date.now() + 590_000);
      expect(await upload(up.url, up.sas)).toMatchObject({ ok: true });
      expect(await upload(up.url, up.sas)).toMatchObject({ ok: true });
      const big = Buffer.alloc(9 << 20, 7);
      expect(await store().listFiles(id)).toEqual([
        { name: 'checksums.tsv', sizeBytes: 5, md5: md5(Buffer.from('hello')).toString('hex') },
        { name: 'databases/5/data', sizeBytes: big.length, md5: md5(big).toString('hex') },
      ]);
      const down = await store().grantDownload(id, 600);
      const to = path.join(directory, 'to');
      await mkdir(to);
      expect(await download(down.url, down.sas, to)).toMatchObject({ ok: true });
      expect(await readFile(path.join(to, 'databases/5/data'))).toEqual(big);
    });

    it('to upload lets nobody read, list or delete; to download nobody write or delete', async () => {
      const id = randomUUID();
      await under().put(`${id}/f`, Buffer.from('hello'));
      const up = await store().grantUpload(id, 600);
      const down = await store().grantDownload(id, 600);
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

    it('to download files by their names opens those alone: no other of this image, none of another, no list', async () => {
      const [id, other] = [randomUUID(), randomUUID()];
      for (const blob of [`${id}/f`, `${id}/g`, `${other}/f`]) await under().put(blob, Buffer.from('hello'));
      const { url, sas } = await store().grantDownload(id, 600, ['f', 'databases/5/data']);
      const signatures: Record<string, string> = JSON.parse(sas ?? '');
      expect(Object.keys(signatures)).toEqual(['f', 'databases/5/data']);
      const container = url.slice(0, url.lastIndexOf('/'));
      const ask = async (blob: string, method = 'GET') => {
        const separator = blob.includes('?') ? '&' : '?';
        const headers = { 'x-ms-version': '2024-11-04', 'x-ms-blob-type': 'BlockBlob' };
        const response = await fetch(`${container}${blob}${separator}${signatures.f}`, { method, headers });
        await response.arrayBuffer();
        return response.status;
      };
      expect([await ask(`/${id}/f`), await ask(`/${id}/f`, 'HEAD')]).toEqual([200, 200]);
      expect([await ask(`/${id}/g`), await ask(`/${other}/f`), await ask('?restype=container&comp=list')]).toEqual([
        403, 403, 403,
      ]);
      expect([await ask(`/${id}/f`, 'DELETE'), await ask(`/${id}/f`, 'PUT')]).toEqual([403, 403]);
    });

    it('to download very many files reaches all of the container', async () => {
      const names = Array.from({ length: 1_001 }, (_, index) => `databases/5/${index}.dat`);
      const { sas } = await store().grantDownload(randomUUID(), 600, names);
      expect(new URLSearchParams(sas ?? '').get('sr')).toBe('c');
    });

    it('to upload is over with the job: what was taken from it writes no more, to this image or to another', async () => {
      const [id, other] = [randomUUID(), randomUUID()];
      await under().put(`${other}/f`, Buffer.from('of another'));
      const put = async (grant: BlobGrant, blob: string) => {
        const headers = { 'x-ms-version': '2024-11-04', 'x-ms-blob-type': 'BlockBlob' };
        const container = grant.url.slice(0, grant.url.lastIndexOf('/'));
        const response = await fetch(`${container}/${blob}?${grant.sas}`, { method: 'PUT', headers, body: 'new' });
        await response.arrayBuffer();
        return response.status;
      };
      const stolen = await store().grantUpload(id, 600);
      expect(await put(stolen, `${id}/f`)).toBe(201);
      // A job that is started again is given leave once more; what it had goes on.
      const again = await store().grantUpload(id, 600);
      expect([await put(stolen, `${id}/f`), await put(again, `${id}/f`)]).toEqual([201, 201]);
      await store().endUpload(id);
      await store().endUpload(id);
      const tried = [stolen, again].flatMap((grant) => [put(grant, `${id}/f`), put(grant, `${other}/f`)]);
      expect(await Promise.all(tried)).toEqual([403, 403, 403, 403]);
      // Another run of the same image does not bring it back.
      const next = await store().grantUpload(id, 600);
      expect([await put(next, `${id}/f`), await put(stolen, `${id}/f`)]).toEqual([201, 403]);
      await store().endUpload(id);
    });

    it('to upload are given side by side, and one that ends ends no other', async () => {
      const ids = Array.from({ length: 6 }, () => randomUUID());
      const grants = await Promise.all(ids.map((id) => store().grantUpload(id, 600)));
      const put = async ({ url, sas }: BlobGrant) => {
        const headers = { 'x-ms-version': '2024-11-04', 'x-ms-blob-type': 'BlockBlob' };
        const response = await fetch(`${url}/f?${sas}`, { method: 'PUT', headers, body: 'new' });
        await response.arrayBuffer();
        return response.status;
      };
      expect(await Promise.all(grants.map(put))).toEqual(ids.map(() => 201));
      const [first = '', ...others] = ids;
      await store().endUpload(first);
      expect(await Promise.all(grants.slice(1).map(put))).toEqual(others.map(() => 201));
      await Promise.all(others.map((id) => store().endUpload(id)));
      const after = await Promise.all(grants.map(put));
      // Of so many at once some have no policy of their own, and live until their time is over.
      const own = grants.map(
        ({ sas }) => new URLSearchParams(sas ?? '').get('si')?.startsWith('toygres-write-') === true,
      );
      expect(after).toEqual(own.map((isOwn) => (isOwn ? 403 : 201)));
      expect(own.filter(Boolean).length).toBeGreaterThan(0);
      expect(await Promise.all(ids.map((id) => store().removeImage(id)))).toEqual(ids.map(() => 1));
    });

    it('is worth nothing when its time is over', async () => {
      const id = randomUUID();
      await under().put(`${id}/f`, Buffer.from('hello'));
      const { url, sas } = await store().grantDownload(id, -1);
      const response = await fetch(`${url}/f?${sas}`, { headers: { 'x-ms-version': '2024-11-04' } });
      await response.arrayBuffer();
      expect(response.status).toBe(403);
    });
  });

  it('says that it can be used when it can', async () => {
    await expect(store().check()).resolves.toBeUndefined();
  });
}
