import { describe, expect, test } from 'vitest';
import { splitArchive } from '../../../../src/runner/dump/archive/split-archive.ts';
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
const NO_DATA = 3;
const NOT_SET = 1;

interface Entry {
  readonly id: number;
  readonly kind: string;
  readonly define?: string;
  readonly hasData?: boolean;
}

function entryOf({ id, kind, define = '', hasData = false }: Entry): Buffer {
  return Buffer.concat([
    int(id),
    int(hasData ? 1 : 0),
    ...['0', '0', 'tag', kind].map(text),
    int(3),
    ...[define, '', '', 'public', '', 'heap', 'postgres', 'false', null].map(text),
    Buffer.from([hasData ? NOT_SET : NO_DATA]),
    Buffer.alloc(8),
  ]);
}

const ENCODING: Entry = { id: 1, kind: 'ENCODING', define: "SET client_encoding = 'UTF8';" };

function archiveOf(entries: readonly Entry[], ...data: readonly Buffer[]): Buffer {
  const head = Buffer.from([...Buffer.from('PGDMP'), 1, 14, 0, 4, 8, 1]);
  const times = Array.from({ length: 7 }, () => int(0));
  const all = [ENCODING, ...entries];
  const names = [text('a database'), text('15.18'), text('15.18')];
  return Buffer.concat([head, int(0), ...times, ...names, int(all.length), ...all.map(entryOf), ...data]);
}

const rows = (id: number, ...pieces: readonly string[]) =>
  Buffer.concat([Buffer.from([1]), int(id), ...pieces.map(text), int(0)]);
const objects = (id: number, ...found: readonly (readonly [number, string])[]) =>
  Buffer.concat([
    Buffer.from([3]),
    int(id),
    ...found.flatMap(([oid, content]) => [int(oid), ...(content === '' ? [] : [text(content)]), int(0)]),
    int(0),
  ]);

async function split(archive: Buffer, pieceBytes = archive.length): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  async function* pieces() {
    for (let at = 0; at < archive.length; at += pieceBytes) yield archive.subarray(at, at + pieceBytes);
  }
  const open = (file: string) => {
    const parts: Buffer[] = [];
    return {
      write: (bytes: Buffer) => void parts.push(Buffer.from(bytes)),
      end: async () => void files.set(file, Buffer.concat(parts).toString('latin1')),
    };
  };
  await splitArchive(pieces(), { open, openContents: () => open('toc.dat') });
  return files;
}

/** What its entries make without saying how. */
async function goneOf(entries: readonly Entry[]): Promise<readonly string[]> {
  const told: (readonly string[])[] = [];
  const open = () => ({ write: () => undefined, end: async () => undefined });
  const openContents = () => ({ write: () => undefined, end: async (gone: readonly string[]) => void told.push(gone) });
  async function* pieces() {
    yield archiveOf(entries);
  }
  await splitArchive(pieces(), { open, openContents });
  expect(told).toHaveLength(1);
  return told.flat();
}

async function* contentsOf(files: ReadonlyMap<string, string>) {
  yield Buffer.from(files.get('toc.dat') ?? '', 'latin1');
}

const TABLE: Entry = { id: 7, kind: 'TABLE DATA', hasData: true };
const LARGE: Entry = { id: 9, kind: 'BLOBS', hasData: true };
const WHOLE = archiveOf(
  [{ id: 6, kind: 'TABLE' }, TABLE, LARGE],
  rows(7, '1\ta\n', '2\tb\n', '\\.\n\n\n'),
  // Above two thousand millions it is written as a negative number.
  objects(9, [16_400, ''], [16_401, 'x'.repeat(70_000)], [4_000_000_000 - 2 ** 32, 'y']),
);

describe('a dump in one stream', () => {
  test.each([WHOLE.length, 1, 7, 4_096])('is split into its files, come in pieces of %i bytes', async (pieceBytes) => {
    const files = await split(WHOLE, pieceBytes);
    const toc = await readToc(contentsOf(files));
    expect(toc.entries.map(({ id, kind, file }) => [id, kind, file])).toEqual([
      [6, 'TABLE', null],
      [7, 'TABLE DATA', '7.dat'],
      [9, 'BLOBS', 'blobs.toc'],
    ]);
    files.delete('toc.dat');
    expect(Object.fromEntries(files)).toEqual({
      '7.dat': '1\ta\n2\tb\n\\.\n\n\n',
      'blob_16400.dat': '',
      'blob_16401.dat': 'x'.repeat(70_000),
      'blob_4000000000.dat': 'y',
      'blobs.toc': '16400 blob_16400.dat\n16401 blob_16401.dat\n4000000000 blob_4000000000.dat\n',
    });
  });

  test('holds of its table of contents what is not whole, however many entries there are', async () => {
    const many = Array.from({ length: 5_000 }, (_, at) => ({
      id: 10 + at,
      kind: 'COMMENT',
      define: `COMMENT ${at} ${'x'.repeat(at === 2_500 ? 1_000_000 : at % 50)}`,
    }));
    const files = await split(archiveOf([...many, TABLE], rows(7, 'x')), 10_000);
    const toc = await readToc(contentsOf(files));
    expect(toc.entries.map(({ id, kind, define }) => ({ id, kind, define }))).toEqual([
      ...many,
      { id: 7, kind: 'TABLE DATA', define: '' },
    ]);
    expect(files.get('7.dat')).toBe('x');
  });

  test('tells of an object that was dropped before its definition was read, of which pg_dump writes an empty statement', async () => {
    const entries = [
      { id: 2, kind: 'TABLE', define: 'CREATE TABLE public.t (a integer);\n' },
      { id: 3, kind: 'INDEX', define: ';\n' },
      { id: 4, kind: 'STATISTICS', define: '' },
      { id: 5, kind: 'RULE', define: '\n' },
      { id: 6, kind: 'SOMETHING NEW', define: ' ; ' },
      { id: 7, kind: 'INDEX', define: 'CREATE INDEX i ON public.t USING btree (a);\n' },
      // These have no definition of their own, whatever happens.
      { id: 8, kind: 'BLOBS', define: '' },
    ];
    expect(await goneOf(entries)).toEqual(['INDEX tag', 'STATISTICS tag', 'RULE tag', 'SOMETHING NEW tag']);
  });

  test('that is cut anywhere is told for cut', async () => {
    for (let length = 5; length < WHOLE.length; length += length < 1_200 ? 1 : 9_973) {
      await expect(split(WHOLE.subarray(0, length)), `${length}`).rejects.toThrow(TocCut);
    }
  });

  test.each([
    ['data of no entry', archiveOf([TABLE], rows(8, 'x'))],
    ['data of an entry that has none', archiveOf([{ id: 7, kind: 'TABLE' }], rows(7, 'x'))],
    ['data twice', archiveOf([TABLE], rows(7, 'x'), rows(7, 'x'))],
    ['data of an unknown kind', archiveOf([TABLE], Buffer.concat([Buffer.from([2]), int(7), int(0)]))],
    ['a length below nothing', archiveOf([TABLE], Buffer.concat([Buffer.from([1]), int(7), int(-5)]))],
    ['another format', Buffer.concat([WHOLE.subarray(0, 10), Buffer.from([3]), WHOLE.subarray(11)])],
    ['another program', Buffer.from('#!/bin/sh\necho')],
  ])('with %s is none', async (_, archive) => {
    const failure = await split(archive).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(TocError);
    expect(failure).not.toBeInstanceOf(TocCut);
  });
});
