import { describe, expect, it } from 'vitest';
import type { TocEntry } from '../../../../src/runner/load/toc/toc-entry.ts';
import { createContentSum } from '../../../../src/runner/verify/rows/large-objects/content-sum.ts';
import {
  dumpedContents,
  dumpedObjects,
  inSlices,
} from '../../../../src/runner/verify/rows/large-objects/dumped-objects.ts';
import { rightsAfter } from '../../../../src/runner/verify/rows/large-objects/rights.ts';

const PAGE = 8;
const sumOf = (...pieces: readonly (readonly [content: string, at?: number])[]) => {
  const sum = createContentSum(PAGE);
  for (const [content, at] of pieces) sum.take(Buffer.from(content, 'latin1'), at);
  return sum.end();
};

describe('the sum of a large object', () => {
  const content = `begin${'\0'.repeat(40)}end of it`;

  it('is the same however its content is cut, and where a server stores nothing of zeros', () => {
    const whole = sumOf([content]);
    for (let at = 0; at <= content.length; at += 1)
      expect(sumOf([content.slice(0, at)], [content.slice(at)])).toBe(whole);
    expect(sumOf(['begin', 0], [content.slice(40), 40])).toBe(whole);
    expect(sumOf(['begin', 0], [content.slice(40, 48), 40], [content.slice(48), 48])).toBe(whole);
  });

  it('is another for every other content, and for another length of zeros', () => {
    const all = [
      content,
      `${content}\0`,
      content.replace('e', 'f'),
      content.replace('\0', ''),
      '',
      '\0',
      '\0'.repeat(16),
    ];
    expect(new Set(all.map((one) => sumOf([one]))).size).toBe(all.length);
    expect(sumOf(['begin', 8])).not.toBe(sumOf(['begin', 16]));
  });

  it('costs nothing for a gap of terabytes, and is refused out of order', () => {
    expect(sumOf(['begin', 0], ['end', 2 ** 42])).toMatch(/^4398046511107 [0-9a-f]{64}$/);
    expect(() => sumOf(['end', 64], ['begin', 0])).toThrow('another order');
  });
});

describe('the rights to a large object', () => {
  const of = (sql: string) => [...rightsAfter('clerk', sql)].sort();

  it('are those of its owner, and what a dump grants and revokes', () => {
    expect(of('')).toEqual(['role clerk SELECT', 'role clerk UPDATE']);
    expect(of('GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC;\n')).toContain('PUBLIC SELECT');
    expect(
      of(`REVOKE ALL ON LARGE OBJECT 4711 FROM clerk;
        GRANT SELECT ON LARGE OBJECT 4711 TO clerk;
        SET SESSION AUTHORIZATION "a ""b""";
        GRANT ALL ON LARGE OBJECT 4711 TO "PUBLIC" WITH GRANT OPTION;
        RESET SESSION AUTHORIZATION;`),
    ).toEqual(['role PUBLIC SELECT WITH GRANT OPTION', 'role PUBLIC UPDATE WITH GRANT OPTION', 'role clerk SELECT']);
    const option = `GRANT SELECT,UPDATE ON LARGE OBJECT 1 TO a WITH GRANT OPTION; REVOKE GRANT OPTION FOR UPDATE ON LARGE OBJECT 1 FROM a;`;
    expect(of(option)).toEqual([
      'role a SELECT WITH GRANT OPTION',
      'role a UPDATE',
      'role clerk SELECT',
      'role clerk UPDATE',
    ]);
  });

  it('are refused where they are not written as pg_dump does', () => {
    expect(() => of('GRANT SELECT ON TABLE t TO a;')).toThrow('not written as pg_dump does');
  });
});

const entry = (id: number, kind: string, tag: string, define: string, more: Partial<TocEntry> = {}): TocEntry => ({
  id,
  kind,
  section: 'NONE',
  tag,
  namespace: null,
  owner: 'clerk',
  accessMethod: null,
  relationKind: null,
  define,
  drop: '',
  copy: '',
  dependsOn: [],
  file: null,
  ...more,
});

describe('the large objects of a dump', () => {
  it('come with their owners, rights, comments and labels, one by one or in groups', () => {
    const found = [
      ...dumpedObjects([
        entry(1, 'BLOB', '7', `SELECT pg_catalog.lo_create('7');`),
        entry(2, 'BLOB METADATA', '8..9', '8\n9\n', { owner: 'other' }),
        entry(3, 'ACL', 'LARGE OBJECT 7', 'GRANT SELECT ON LARGE OBJECT 7 TO a;'),
        entry(4, 'ACL', 'LARGE OBJECTS 8..9', 'GRANT SELECT ON LARGE OBJECT 8 TO b;', { dependsOn: [2] }),
        entry(5, 'COMMENT', 'LARGE OBJECT 9', `COMMENT ON LARGE OBJECT 9 IS 'it''s';\n`),
        entry(6, 'SECURITY LABEL', 'LARGE OBJECT 9', `SECURITY LABEL FOR "se" ON LARGE OBJECT 9 IS 'x';\n`),
        entry(7, 'COMMENT', 'TABLE t', 'COMMENT ON TABLE t IS NULL;'),
      ]),
    ];
    expect(found.map(({ id, owner, comment, labels }) => ({ id, owner, comment, labels }))).toEqual([
      { id: 7, owner: 'clerk', comment: '', labels: '' },
      { id: 8, owner: 'other', comment: '', labels: '' },
      { id: 9, owner: 'other', comment: "it's", labels: 'se: x' },
    ]);
    expect(found.map(({ rights }) => [...rights].at(-1))).toEqual(['role a SELECT', 'role b SELECT', 'role b SELECT']);
  });

  it('come in slices, of which no more is known at once', async () => {
    async function* list() {
      for (let id = 1; id <= 25; id += 1) yield `${id} blob_${id}.dat`;
    }
    async function* foreign() {
      yield '1 ../x';
    }
    const slices: number[] = [];
    for await (const slice of dumpedContents(
      [entry(1, 'BLOBS', 'BLOBS', '', { file: 'blobs.toc' })],
      { lines: () => list() },
      10,
    )) {
      slices.push(slice.length);
    }
    expect(slices).toEqual([10, 10, 5]);
    expect([...inSlices([], 10)]).toEqual([]);
    const broken = dumpedContents(
      [entry(1, 'BLOBS', 'BLOBS', '', { file: 'blobs.toc' })],
      { lines: () => foreign() },
      10,
    );
    await expect(broken.next()).rejects.toThrow('a line that is none');
  });
});
