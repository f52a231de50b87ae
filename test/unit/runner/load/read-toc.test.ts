import { describe, expect, test } from 'vitest';
import { TocCut, TocError } from '../../../../src/runner/load/toc/byte-reader.ts';
import { readToc } from '../../../../src/runner/load/toc/read-toc.ts';

const int = (value: number) => {
  const bytes = Buffer.alloc(5);
  bytes[0] = value < 0 ? 1 : 0;
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
};
const text = (value: string | null) =>
  value === null ? int(-1) : Buffer.concat([int(value.length), Buffer.from(value, 'latin1')]);

interface Written {
  readonly kind: string;
  readonly tag: string;
  readonly define: string;
  readonly owner?: string;
}

/** What pg_dump 15 writes of each, and the head before them. */
const headOf = (count: number) =>
  Buffer.concat([
    Buffer.from([...Buffer.from('PGDMP'), 1, 14, 0, 4, 8, 3]),
    int(0),
    ...Array.from({ length: 7 }, () => int(0)),
    ...['a database', '15.18', '15.18'].map(text),
    int(count),
  ]);
const entryOf = (id: number, { kind, tag, define, owner = 'postgres' }: Written) =>
  Buffer.concat([
    int(id),
    int(0),
    ...['2613', '0', tag, kind].map(text),
    int(2),
    ...[define, `SELECT pg_catalog.lo_unlink('${tag}');`, null, '', null, '', owner, 'false', null, ''].map(text),
  ]);
const ENCODING: Written = { kind: 'ENCODING', tag: 'ENCODING', define: "SET client_encoding = 'UTF8';" };
const large = (id: number, owner?: string): Written => ({
  kind: 'BLOB',
  tag: String(id),
  define: `SELECT pg_catalog.lo_create('${id}');\n`,
  ...(owner === undefined ? {} : { owner }),
});

const whole = (entries: readonly Written[]) =>
  Buffer.concat([headOf(entries.length), ...entries.map((entry, at) => entryOf(at + 1, entry))]);
async function* inPieces(bytes: Buffer, size = bytes.length) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('a table of contents', () => {
  const long: Written = { kind: 'TABLE', tag: 't', define: `CREATE TABLE t (a text DEFAULT '${'x'.repeat(9_000)}');` };
  const bytes = whole([ENCODING, long, large(7, 'clerk'), large(8), large(9, 'clerk')]);

  test.each([bytes.length, 1, 7, 4_096])('is the same come in pieces of %i bytes', async (size) => {
    const toc = await readToc(inPieces(bytes, size));
    expect(toc).toMatchObject({ encoding: 'UTF8', serverVersion: '15.18' });
    expect(toc.entries.map(({ kind, tag, owner, define }) => [kind, tag, owner, define])).toEqual([
      ['TABLE', 't', 'postgres', long.define],
      ['BLOB METADATA', '7..9', 'clerk', '7\n9\n'],
      ['BLOB METADATA', '8', 'postgres', '8\n'],
    ]);
  });

  test('of an old version has its large objects by the thousand, and one that is written otherwise alone', async () => {
    const many = Array.from({ length: 2_500 }, (_, at) => large(at + 1));
    const odd: Written = { ...large(9_999), define: 'SELECT 1;' };
    const { entries } = await readToc(inPieces(whole([ENCODING, ...many, odd])));
    expect(entries.map(({ kind, tag }) => [kind, tag])).toEqual([
      ['BLOB METADATA', '1..1000'],
      ['BLOB METADATA', '1001..2000'],
      ['BLOB', '9999'],
      ['BLOB METADATA', '2001..2500'],
    ]);
    const numbers = entries.flatMap(({ kind, define }) => (kind === 'BLOB' ? [] : define.trim().split('\n')));
    expect(numbers).toEqual(many.map(({ tag }) => tag));
  });

  test('of very many large objects is read in the room of their numbers', async () => {
    const count = 200_000;
    const encoding = entryOf(1, ENCODING);
    let written = 0;
    async function* pieces() {
      yield Buffer.concat([headOf(count + 1), encoding]);
      for (let from = 0; from < count; from += 1_000) {
        const piece = Buffer.concat(
          Array.from({ length: 1_000 }, (_, at) => entryOf(from + at + 2, large(from + at + 1))),
        );
        written += piece.length;
        yield piece;
      }
    }
    const toc = await readToc(pieces());
    const kept = toc.entries.reduce((sum, { define, tag }) => sum + define.length + tag.length, 0);
    expect(toc.entries).toHaveLength(count / 1_000);
    // Some 35 MB came.
    expect(written).toBeGreaterThan(30_000_000);
    expect(kept).toBeLessThan(1_600_000);
  });

  test('that is cut anywhere is told for cut, and what is none for none', async () => {
    for (let length = 0; length < bytes.length; length += length < 1_200 ? 1 : 997) {
      await expect(readToc(inPieces(bytes.subarray(0, length))), `${length}`).rejects.toThrow(TocCut);
    }
    await expect(readToc(inPieces(Buffer.from('#!/bin/sh\necho no table of contents\n')))).rejects.toThrow(TocError);
  });
});
