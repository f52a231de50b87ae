import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
      expect(await firstBadLine(() => inPieces(good, length), 'UTF8')).toBeNull();
      const nth = where % (lines.length + 1);
      const before = Buffer.from(
        lines
          .slice(0, nth)
          .map((one) => `${one}\n`)
          .join(''),
      );
      const bad = Buffer.concat([before, Buffer.from('caf'), Buffer.from([0xe9]), Buffer.from('\nmore\n')]);
      expect(await firstBadLine(() => inPieces(bad, length), 'UTF8')).toBe(nth + 1);
    }),
  );
});

test('a letter that is cut at the end of all is none', async () => {
  expect(await firstBadLine(() => inPieces(Buffer.from([0x61, 0x0a, 0xc3]), 2), 'UTF8')).toBe(2);
});

describe.each([
  ['EUC_JP', 'a4a2 8edf 8fa1fe 61', ['a4', 'a441', '8ee0', '8fa1a0', '80a1', 'ffa1']],
  ['EUC_JIS_2004', 'a4a2 8edf 8fa1fe 61', ['8e41', '8fa1']],
  ['EUC_KR', 'c7d1 b1db', ['c7', '8ea1', 'c780']],
  ['EUC_CN', 'b0a1', ['b041', 'ffa1']],
  ['EUC_TW', 'c4e3 8ea7a1a1 90a1', ['8ea8a1a1', '8fa1a1', '8ea7a1']],
  ['MULE_INTERNAL', '92a4a2 81e9 9af0a4a2 8e', ['92a4', '817f', '9cf0a4']],
])('rows in %s', (encoding, good, bad) => {
  const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const lines = (...parts: readonly Buffer[]) => Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]));

  test('are right where each of their bytes belongs to a letter, wherever they are cut', async () => {
    for (const length of [1, 2, 3, 100]) {
      expect(await firstBadLine(() => inPieces(lines(bytes(good), bytes(good)), length), encoding)).toBeNull();
    }
  });

  test.each(bad)('are told by the line where %s is none', async (hex) => {
    for (const length of [1, 2, 3, 100]) {
      expect(await firstBadLine(() => inPieces(lines(bytes(good), bytes(hex)), length), encoding)).toBe(2);
    }
    expect(await firstBadLine(() => inPieces(bytes(hex), 2), encoding)).toBe(1);
  });
});
