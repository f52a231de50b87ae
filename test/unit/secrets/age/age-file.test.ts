import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { decryptFile, encryptFile } from '../../../../src/secrets/age/age-file.ts';
import { generateFileKey } from '../../../../src/secrets/age/generate-file-key.ts';

let identity = '';
let other = '';
beforeAll(async () => {
  identity = await generateFileKey();
  other = await generateFileKey();
});

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function plainOf(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 0xff;
  return bytes;
}

/** Around the size of a piece of the format, where a last piece may be full or empty. */
const SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073];

describe('a file in the age format', () => {
  test.each(SIZES)("of %i bytes is read by the format's own implementation", async (size) => {
    const sealed = await collect(encryptFile(cut(plainOf(size), 10_007), identity));
    const theirs = new Decrypter();
    theirs.addIdentity(identity);
    expect(plainOf(size).equals(await theirs.decrypt(sealed))).toBe(true);
  });

  test.each(SIZES)('of %i bytes that it wrote is read here, in pieces of any size', async (size) => {
    const theirs = new Encrypter();
    theirs.addRecipient(await identityToRecipient(identity));
    const sealed = await theirs.encrypt(plainOf(size));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200_000 }), async (piece) => {
        expect(plainOf(size).equals(await collect(decryptFile(cut(sealed, Math.max(piece, 7)), identity)))).toBe(true);
      }),
      { numRuns: 5 },
    );
  });

  test('is not the same twice', async () => {
    const [one, two] = [encryptFile([plainOf(10)], identity), encryptFile([plainOf(10)], identity)];
    expect((await collect(one)).equals(await collect(two))).toBe(false);
  });

  test('is opened by its own key alone', async () => {
    const sealed = await collect(encryptFile([plainOf(10)], identity));
    await expect(collect(decryptFile([sealed], other))).rejects.toThrow(/cannot be opened with the key of its image/);
  });

  test('is refused whatever byte of it was altered, and wherever it was cut', async () => {
    const sealed = await collect(encryptFile([plainOf(70_000)], identity));
    const places = [
      ...Array(300).keys(),
      65_700,
      sealed.length - 1,
      ...Array.from({ length: 40 }, (_, n) => n * 1_741),
    ];
    for (const at of places) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 0x10;
      await expect(collect(decryptFile([altered], identity)), `byte ${at}`).rejects.toThrow();
      await expect(collect(decryptFile([sealed.subarray(0, at)], identity)), `cut at ${at}`).rejects.toThrow();
    }
    await expect(collect(decryptFile([sealed, Buffer.from([0])], identity))).rejects.toThrow(/damaged/);
  });

  test('is refused when its last piece is left out', async () => {
    const sealed = await collect(encryptFile([plainOf(131_072)], identity));
    await expect(collect(decryptFile([sealed.subarray(0, sealed.length - 65_552)], identity))).rejects.toThrow(
      /damaged/,
    );
  });

  test('that is none is told so, and nothing without end is kept', async () => {
    await expect(collect(decryptFile([Buffer.from('PK')], identity))).rejects.toThrow(/not in the age format/);
    await expect(collect(decryptFile(cut(Buffer.alloc(200_000, 'x'), 1_000), identity))).rejects.toThrow(
      /not in the age format/,
    );
  });
});
