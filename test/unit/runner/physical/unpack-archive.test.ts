import { lstat, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Header, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unpackArchive } from '../../../../src/runner/physical/restore/unpack-archive.ts';

type Member = Partial<Header> & Pick<Header, 'name'> & { readonly content?: string };

let target = '';
beforeEach(async () => {
  target = await mkdtemp(path.join(tmpdir(), 'toygres-unpack-'));
});
afterEach(() => rm(target, { recursive: true, force: true }));

async function archiveOf(members: readonly Member[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = '', ...header } of members) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** In pieces of a size that divides no block. */
async function* pieces(bytes: Buffer, size = 333): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(members: readonly Member[]): Promise<number> {
  let written = 0;
  const onWritten = (bytes: number) => {
    written += bytes;
  };
  await unpackArchive(pieces(await archiveOf(members)), { target, onWritten });
  return written;
}

describe('what an archive holds', () => {
  test('comes to be below the target, for its owner alone whatever the archive says', async () => {
    const written = await unpack([
      { name: './', type: 'directory', mode: 0o777 },
      { name: 'base', type: 'directory', mode: 0o777 },
      { name: 'base/1', type: 'file', mode: 0o4777, content: 'rows' },
      { name: 'empty', type: 'file', content: '' },
    ]);
    expect(await readFile(path.join(target, 'base/1'), 'utf8')).toBe('rows');
    expect((await lstat(path.join(target, 'base/1'))).mode & 0o7777).toBe(0o600);
    expect((await lstat(path.join(target, 'base'))).mode & 0o7777).toBe(0o700);
    expect((await lstat(path.join(target, 'empty'))).size).toBe(0);
    expect(written).toBe(4);
  });

  test('keeps names that are in no encoding', async () => {
    const name = Buffer.from([0x66, 0xff, 0x66]);
    const archive = await archiveOf([{ name: 'f?f', type: 'file', content: 'x' }]);
    archive.set(name, archive.indexOf('f?f'));
    // The sum of the header's bytes, its own place counted as blanks.
    const header = archive.subarray(0, 512);
    const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    await unpackArchive(pieces(archive), { target, onWritten: () => undefined });
    expect((await readdir(target, { encoding: 'buffer' })).map((found) => found.toString('hex'))).toEqual(['66ff66']);
  });

  test.each(['standby.signal', 'recovery.signal', 'postmaster.pid', 'tablespace_map'])(
    '%s is left out',
    async (name) => {
      await unpack([
        { name, type: 'file', content: 'x' },
        { name: 'kept', type: 'file', content: 'x' },
      ]);
      expect(await readdir(target)).toEqual(['kept']);
    },
  );

  test('the link to a tablespace is left out: its files come in an archive of their own', async () => {
    await unpack([{ name: 'pg_tblspc/16384', type: 'symlink', linkname: '/elsewhere' }]);
    expect(await readdir(target)).toEqual([]);
  });
});

describe('an archive of somebody else', () => {
  test.each<[string, Member]>([
    ['a way out', { name: '../outside', type: 'file', content: 'x' }],
    ['a way out in the middle', { name: 'base/../../outside', type: 'file', content: 'x' }],
    ['an absolute path', { name: '/tmp/outside', type: 'file', content: 'x' }],
    ['an empty part', { name: 'base//1', type: 'file', content: 'x' }],
    ['a symbolic link', { name: 'base', type: 'symlink', linkname: '/tmp' }],
    ['a link that looks like one to a tablespace', { name: 'pg_tblspc/1/2', type: 'symlink', linkname: '/tmp' }],
    ['a hard link', { name: 'passwd', type: 'link', linkname: '/etc/passwd' }],
    ['a FIFO', { name: 'pipe', type: 'fifo' }],
    ['a device', { name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }],
  ])('is refused for %s', async (_, member) => {
    await expect(unpack([member])).rejects.toThrow(/the image is damaged/);
    expect(await readdir(target)).toEqual([]);
  });

  test('is refused when a file comes twice, and never followed through a link', async () => {
    const twice: Member = { name: 'base', type: 'file', content: 'x' };
    await expect(unpack([twice, twice])).rejects.toThrow(/EEXIST/);
    await symlink('/tmp/outside', path.join(target, 'link'));
    await expect(unpack([{ name: 'link', type: 'file', content: 'x' }])).rejects.toThrow(/EEXIST|ELOOP/);
  });

  test('is refused when it is cut within a member, or is none', async () => {
    const whole = await archiveOf([{ name: 'base', type: 'file', content: 'x'.repeat(5_000) }]);
    const options = { target, onWritten: () => undefined };
    await expect(unpackArchive(pieces(whole.subarray(0, 2_000)), options)).rejects.toThrow(/end of data/);
    await expect(unpackArchive(pieces(Buffer.alloc(1_024, 'x')), options)).rejects.toThrow(/tar/);
  });
});
