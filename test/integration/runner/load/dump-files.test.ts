import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDumpFiles } from '../../../../src/runner/load/data/dump-files.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp('/tmp/toygres-dump-files-');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function readAll(name: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of openDumpFiles(directory).read(name)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

it.each([
  ['.gz', gzipSync],
  ['.zst', zstdCompressSync],
  ['', (text: string) => Buffer.from(text)],
] as const)('a file %j is read unpacked, and one that was left empty is empty', async (suffix, pack) => {
  await writeFile(path.join(directory, `1.dat${suffix}`), pack('rows'));
  await writeFile(path.join(directory, `2.dat${suffix}`), '');
  expect([await readAll('1.dat'), await readAll('2.dat')]).toEqual(['rows', '']);
  await rm(path.join(directory, `1.dat${suffix}`));
  await rm(path.join(directory, `2.dat${suffix}`));
});

it('a file that was cut is refused', async () => {
  const whole = zstdCompressSync('rows and rows and rows'.repeat(1000));
  await writeFile(path.join(directory, '3.dat.zst'), whole.subarray(0, whole.length - 4));
  await expect(readAll('3.dat')).rejects.toThrow(/unexpected end/);
});

it('a file is looked for when it is asked for, as plain or packed as it is, and no name leads out of the directory', async () => {
  const files = openDumpFiles(directory);
  await writeFile(path.join(directory, '4.dat.zst'), zstdCompressSync('rows'));
  await writeFile(path.join(directory, '5.dat'), 'rows');
  expect([files.sizeOf('4.dat') > 4, files.sizeOf('5.dat')]).toEqual([true, 4]);
  await mkdir(path.join(directory, '6.dat'));
  for (const name of ['7.dat', '6.dat', '', '.', '..', '../passwd', 'a/../5.dat', '5.dat\0', '5'.repeat(5000)]) {
    expect(() => files.sizeOf(name)).toThrow(/the dump lacks the file/);
    expect(() => files.read(name)).toThrow(/the dump lacks the file/);
  }
  const lines: string[] = [];
  for await (const line of files.lines('7.toc')) lines.push(line);
  expect(lines).toEqual([]);
});
