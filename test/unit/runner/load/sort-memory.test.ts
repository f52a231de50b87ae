import { describe, expect, it } from 'vitest';
import { sortKilobytes } from '../../../../src/runner/load/order/sort-memory.ts';
import type { TocEntry } from '../../../../src/runner/load/toc/toc-entry.ts';

const entry = (kind: string, define: string) => ({ kind, define }) as TocEntry;
const index = entry('INDEX', 'CREATE INDEX letters_at ON public.letters USING btree (at);\n');

describe('the memory in which an index is sorted', () => {
  it.each([
    [1 << 20, 8 << 10],
    [1 << 30, 16_640],
    [10 * 2 ** 30, 52_618],
  ])('of a table of %i bytes is as little as brings it together at once', (tableBytes, kilobytes) => {
    expect(Math.abs((sortKilobytes(index, tableBytes) ?? 0) - kilobytes)).toBeLessThan(32);
  });

  it('is what the server has where nobody knows how large the table is, or where it is very large', () => {
    expect([sortKilobytes(index, 0), sortKilobytes(index, 2 ** 40)]).toEqual([null, null]);
  });

  it.each([
    ['CONSTRAINT', 'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n', true],
    ['CONSTRAINT', 'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_x EXCLUDE USING gist (x WITH =);\n', false],
    ['INDEX', 'CREATE UNIQUE INDEX a ON public.t USING btree (a);\n', true],
    ['INDEX', 'CREATE INDEX a ON public.t USING gin (a);\n', false],
    [
      'FK CONSTRAINT',
      'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES public.u(id);\n',
      false,
    ],
  ])('of a %s is told by what it is: %s', (kind, define, isSorted) => {
    expect(sortKilobytes(entry(kind, define), 1 << 20) !== null).toBe(isSorted);
  });
});
