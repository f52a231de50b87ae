import { expect, test } from 'vitest';
import { scratchOfImage } from '../../../jobs/images/logical/image-scratch.ts';
import { ImageManifest } from '../../../jobs/ports/manifest.ts';
import { sampleManifest } from '../../support/sample-manifest.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const file = (name: string, sizeBytes: number) => ({ name, sizeBytes, md5: 'a'.repeat(32), sha256: 'b'.repeat(64) });
const manifestOf = (changes: Parameters<typeof sampleManifest>[1]) =>
  sampleManifest('5b0f44c2-5b5f-4f0e-9c5e-0d9c3b1f6a11', changes);

test('a job that unpacks an image has the room that its packs take unpacked, however well they were compressed', () => {
  // 30,000 tables of 3 GB, of which 500 MB are stored.
  const files = [file('packs/0001.tar.zst', 500e6), file('checksums.tsv', 100)];
  const { scratchBytes, scratchAtMostBytes } = scratchOfImage(manifestOf({ files, unpackedBytes: 3e9 }));
  expect(scratchBytes).toBeGreaterThan(3e9 + 200 * MIB);
  expect(scratchAtMostBytes).toBeUndefined();
});

test('of an image that does not tell, it asks for what is stored and may take what its packs hold at most', () => {
  const packs = Array.from({ length: 40 }, (_, n) => file(`packs/${String(n + 1).padStart(4, '0')}.tar.zst`, 12e6));
  const plain = scratchOfImage(manifestOf({ files: packs, unpackedBytes: null }));
  expect(plain.scratchBytes).toBeLessThan(GIB);
  // What 40 packs hold before they are closed: 7 of 32 MiB, 8 of each size up to 512, and one of a gibibyte.
  const held = 7 * 32 * MIB + 8 * (64 + 128 + 256 + 512) * MIB + GIB;
  expect(plain.scratchAtMostBytes).toBeGreaterThan(held * 1.1);
  const sealed = packs.map(({ name, sizeBytes }) => file(`attempt-2.1/${name}.age`, sizeBytes));
  expect(scratchOfImage(manifestOf({ files: sealed, unpackedBytes: null }))).toEqual(plain);
});

test('of one whose packs are plain, or that has none, it may take no less than is stored', () => {
  for (const name of ['packs/0001.tar', 'databases/5/1.dat.gz']) {
    const { scratchBytes, scratchAtMostBytes = 0 } = scratchOfImage(
      manifestOf({ files: [file(name, GIB)], unpackedBytes: null }),
    );
    expect(scratchBytes).toBeGreaterThan(GIB);
    expect(scratchAtMostBytes).toBeGreaterThanOrEqual(scratchBytes);
  }
});

test('a manifest of before it was recorded says nothing of it', () => {
  const { unpackedBytes: _, ...before } = manifestOf({});
  expect(ImageManifest.parse(before).unpackedBytes).toBeNull();
});
