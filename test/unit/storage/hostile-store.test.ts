import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isBearable } from '../../../jobs/ports/json-shape.ts';
import { createSecretBox } from '../../../src/secrets/secret-box.ts';
import { keyId } from '../../../src/secrets/secret-key.ts';
import { parseLogLine, splitLines } from '../../../src/storage/log-line-format.ts';
import { decodeManifest, encodeManifest } from '../../../src/storage/manifest-file.ts';
import { sampleManifest } from '../../support/sample-manifest.ts';

const KEY = Buffer.alloc(32, 9);
const seal = createSecretBox({ keys: [{ id: keyId(KEY), key: KEY }] });
const MIB = 2 ** 20;

describe('a manifest that somebody else has written', () => {
  const id = randomUUID();
  const manifest = sampleManifest(id);

  it.each<[string, string]>([
    ['brackets alone', `[${'[],'.repeat(8 * MIB)}[]]`],
    ['one in the other', `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`],
    ['numbers', `{"files":[${'0,'.repeat(16 * MIB)}0]}`],
    ['objects behind a text that ends late', `{"a":"\\"[[[[","b":[${'{},'.repeat(8 * MIB)}{}]}`],
  ])('is refused without being parsed where it is made of %s', (_, text) => {
    const before = process.memoryUsage().heapUsed;
    const bytes = Buffer.from(text);
    expect(() => decodeManifest(bytes, id, seal)).toThrow(/manifest\.json is none that was written here/);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(128 * MIB);
  });

  it('of ours with very many files, findings and names of brackets is read', () => {
    const [file] = manifest.files;
    const many = {
      ...manifest,
      files: Array.from({ length: 200_000 }, (_, nth) => ({ ...file, name: `databases/5/${nth}.dat` })),
      notices: ['[['.repeat(100_000), '"\\'.repeat(1_000)],
    };
    const encoded = encodeManifest(many as typeof manifest, seal);
    expect(decodeManifest(encoded, id, seal).files).toHaveLength(200_000);
  });

  it('may be as deep and as full as is asked, and no more', () => {
    const shape = { mostDepth: 2, fewValues: 4, bytesAValue: 1_000_000 };
    const says = (text: string) => isBearable(Buffer.from(text), shape);
    expect([says('[[1,2]]'), says('[[[1]]]'), says('[1,2,3,4]'), says('[1,2,3,4,5]')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([says('["[[[[,,,,"]'), says('["\\"[[[",1]'), says('')]).toEqual([true, true, true]);
  });
});

describe('a log of a job that somebody else has written', () => {
  it('has no line whose number could not be told', () => {
    expect(parseLogLine('12\t-\ttext', 1)).toMatchObject({ line: 12, text: 'text' });
    for (const line of ['99999999999999999999\t-\tx', '1e9\t-\tx', '-1\t-\tx', `${'9'.repeat(400)}\t-\tx`]) {
      expect(parseLogLine(line, 1)).toBeNull();
    }
  });

  it('fills no memory by a line without an end', async () => {
    const piece = Buffer.alloc(MIB / 4, 'x');
    async function* endless() {
      for (let nth = 0; nth < 100; nth += 1) yield piece;
      yield Buffer.from('\n1\t-\tlast\n');
    }
    const lines: string[] = [];
    for await (const line of splitLines(endless())) lines.push(line);
    expect(lines.map((line) => line.length <= MIB)).toEqual([true, true]);
    expect(lines[1]).toBe('1\t-\tlast');
  });
});
