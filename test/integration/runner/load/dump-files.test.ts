import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  for await (const chunk of (await openDumpFiles(directory)).read(name)) chunks.push(chunk);
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
