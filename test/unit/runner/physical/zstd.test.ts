import { randomBytes } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packZstdOnce } from '../../../../src/runner/physical/archive/zstd.ts';

const PIECES = 5;
const SIZE = 1 << 20;

test('what is packed once is whole, and its pieces are gone', async () => {
  const pieces = Array.from({ length: PIECES }, () => {
    const piece = Buffer.allocUnsafeSlow(SIZE);
    randomBytes(SIZE).copy(piece);
    return piece;
  });
  const expected = Buffer.concat(pieces);
  const packed: Uint8Array[] = [];
  for await (const chunk of packZstdOnce(
    (async function* () {
      yield* pieces;
    })(),
  )) {
    packed.push(chunk);
  }
  expect(zstdDecompressSync(Buffer.concat(packed)).equals(expected)).toBe(true);
  expect(pieces.map(({ length }) => length)).toEqual(pieces.map(() => 0));
});

test('what fails while it is packed is told, and nothing that looks whole comes out', async () => {
  const broken = async function* () {
    yield Buffer.alloc(SIZE, 'a');
    throw new Error('the disk is gone');
  };
  const read = async () => {
    for await (const _ of packZstdOnce(broken()));
  };
  await expect(read()).rejects.toThrow('the disk is gone');
});

test('who leaves early has the rest left unread', async () => {
  let isClosed = false;
  const endless = async function* () {
    try {
      for (;;) yield randomBytes(SIZE);
    } finally {
      isClosed = true;
    }
  };
  for await (const _ of packZstdOnce(endless())) break;
  await expect.poll(() => isClosed).toBe(true);
});
