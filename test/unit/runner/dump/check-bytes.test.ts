import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstBadLine } from '../../../../src/runner/dump/check-bytes.ts';

/** Cut into pieces of that length. */
async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

test('the first line with bytes that are no UTF-8 is named, however the rows are cut', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.nat(), fc.integer({ min: 1, max: 9 }), async (lines, where, length) => {
      const good = Buffer.from(lines.map((one) => `${one}\n`).join(''));
      expect(await firstBadLine(() => inPieces(good, length))).toBeNull();
      const nth = where % (lines.length + 1);
      const before = Buffer.from(
        lines
          .slice(0, nth)
          .map((one) => `${one}\n`)
          .join(''),
      );
      const bad = Buffer.concat([before, Buffer.from('caf'), Buffer.from([0xe9]), Buffer.from('\nmore\n')]);
      expect(await firstBadLine(() => inPieces(bad, length))).toBe(nth + 1);
    }),
  );
});

test('a letter that is cut at the end of all is none', async () => {
  expect(await firstBadLine(() => inPieces(Buffer.from([0x61, 0x0a, 0xc3]), 2))).toBe(2);
});
