import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { ContainerClient } from '@azure/storage-blob';
import { extract } from 'tar-stream';
import { packTar } from '../../src/runner/packs/pack-tar.ts';

type Files = Map<string, Buffer>;

async function membersOf(pack: Buffer): Promise<Files> {
  const members: Files = new Map();
  const archive = extract();
  archive.end(zstdDecompressSync(pack));
  for await (const member of archive) {
    const parts: Uint8Array[] = [];
    for await (const part of member) parts.push(part as Uint8Array);
    members.set(member.header.name, Buffer.concat(parts));
  }
  return members;
}

async function* filesOf(members: Files) {
  for (const [name, content] of members) yield { name, content };
}

async function packOf(members: Files): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of packTar(filesOf(members))) parts.push(part);
  return zstdCompressSync(Buffer.concat(parts));
}

async function blobsOf(container: ContainerClient, id: string): Promise<Files> {
  const blobs: Files = new Map();
  for await (const { name } of container.listBlobsFlat({ prefix: `${id}/` })) {
    blobs.set(name.slice(id.length + 1), await container.getBlobClient(name).downloadToBuffer());
  }
  return blobs;
}

/** What a restore is told of the list of an image's files. */
export interface ListParameters extends Readonly<Record<string, string>> {
  readonly TOYGRES_CHECKSUMS_SHA256: string;
  readonly TOYGRES_CHECKSUMS_BYTES: string;
}

/** Writes these files in place of an image's, with the list that vouches for them. */
async function rewrite(container: ContainerClient, id: string, files: Files): Promise<ListParameters> {
  const before = await blobsOf(container, id);
  for (const name of before.keys()) await container.getBlobClient(`${id}/${name}`).delete();
  const hash = (algorithm: string, content: Buffer) => createHash(algorithm).update(content).digest('hex');
  const lines = [...files].map(
    ([name, content]) => `${content.length}\t${hash('md5', content)}\t${hash('sha256', content)}\t${name}\n`,
  );
  const list = Buffer.from(lines.sort().join(''));
  for (const [name, content] of [...files, ['checksums.tsv', list] as const]) {
    await container.getBlockBlobClient(`${id}/${name}`).uploadData(content);
  }
  return { TOYGRES_CHECKSUMS_SHA256: hash('sha256', list), TOYGRES_CHECKSUMS_BYTES: String(list.length) };
}

/** Makes an image as releases wrote it that had no packs, with further files where there are to be many. */
export async function unpackImage(container: ContainerClient, id: string, further: Files = new Map()) {
  const files: Files = new Map(further);
  for (const [name, content] of await blobsOf(container, id)) {
    if (name === 'checksums.tsv') continue;
    if (!name.startsWith('packs/')) files.set(name, content);
    else for (const [member, bytes] of await membersOf(content)) files.set(member, bytes);
  }
  return rewrite(container, id, files);
}

/** Gives an image further files beside its packs; the list vouches for them. */
export async function addFiles(container: ContainerClient, id: string, further: Files) {
  const files = await blobsOf(container, id);
  files.delete('checksums.tsv');
  return rewrite(container, id, new Map([...files, ...further]));
}

/** Changes what the packs of an image hold; the list vouches for it. */
export async function changePacks(container: ContainerClient, id: string, change: (members: Files) => void) {
  const files: Files = new Map();
  for (const [name, content] of await blobsOf(container, id)) {
    if (name === 'checksums.tsv') continue;
    if (!name.startsWith('packs/')) files.set(name, content);
    else {
      const members = await membersOf(content);
      change(members);
      files.set(name, await packOf(members));
    }
  }
  return rewrite(container, id, files);
}
