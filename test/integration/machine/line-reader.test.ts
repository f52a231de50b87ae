import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTail, readLines } from '../../../src/machine/line-reader.ts';

describe('reading lines of a file that may still grow', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp('/tmp/toygres-lines-');
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const withFile = async <T>(content: string | Buffer, work: (file: FileHandle) => Promise<T>): Promise<T> => {
    const name = path.join(directory, 'file');
    await writeFile(name, content);
    const file = await open(name);
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  };
  const readAll = (content: string | Buffer, from: number, last: boolean) =>
    withFile(content, async (file) => {
      const lines = [];
      for await (const line of readLines(file, from, last)) lines.push([line.text, line.next]);
      return lines;
    });

  test('what follows the last newline waits until it is certain that no more will come', async () => {
    expect(await readAll('a\n\nb', 0, false)).toEqual([
      ['a', 2],
      ['', 3],
    ]);
    expect(await readAll('a\n\nb', 3, true)).toEqual([['b', 4]]);
    expect(await readAll('', 0, true)).toEqual([]);
  });

  test('characters of several bytes survive the borders of the chunks that are read', async () => {
    expect(await readAll(`${'ä'.repeat(100_000)}\n`, 0, true)).toEqual([['ä'.repeat(100_000), 200_001]]);
  });

  test('a line without end comes in pieces and nothing of it is lost', async () => {
    const lines = await readAll(Buffer.alloc(1_000_000, 'x'), 0, true);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map(([text]) => text).join('')).toBe('x'.repeat(1_000_000));
    expect(lines.at(-1)?.[1]).toBe(1_000_000);
  });

  test.each([
    ['a\nb\nc\n', 0, { offset: 6, missing: 0 }],
    ['a\nb\nc\n', 1, { offset: 4, missing: 0 }],
    ['a\nb\nc\n', 3, { offset: 0, missing: 0 }],
    ['a\nb\nc\n', 5, { offset: 0, missing: 2 }],
    ['a\nb', 1, { offset: 2, missing: 0 }],
    ['\n\n', 1, { offset: 1, missing: 0 }],
    ['', 2, { offset: 0, missing: 2 }],
  ])('of %j the last %i lines begin at %j', async (content, count, expected) => {
    expect(await withFile(content, (file) => findTail(file, count))).toEqual(expected);
  });

  test('the last lines of a large file are found over the borders of chunks', async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index}`);
    const content = `${lines.join('\n')}\n`;
    const { offset } = await withFile(content, (file) => findTail(file, 20_000));
    expect(content.slice(offset)).toBe(`${lines.slice(-20_000).join('\n')}\n`);
  });
});
