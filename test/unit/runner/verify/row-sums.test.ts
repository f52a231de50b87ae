import { describe, expect, it } from 'vitest';
import { addSums } from '../../../../src/runner/verify/rows/compare-tables.ts';
import { columnsOf, rowsOf } from '../../../../src/runner/verify/rows/dumped-rows.ts';
import { type RowSummer, sumInAnyOrder, sumInOrder } from '../../../../src/runner/verify/rows/row-sums.ts';

const sum = (summer: RowSummer, ...chunks: readonly string[]) => {
  for (const chunk of chunks) summer.take(Buffer.from(chunk, 'latin1'));
  return summer.end();
};
const ROWS = ['1\tone\n', '2\ttwo\n', '3\t\\N\n', '3\t\\N\n'];

describe('sums of rows', () => {
  it('are the same however the rows are cut', () => {
    const text = ROWS.join('');
    for (const make of [sumInOrder, sumInAnyOrder]) {
      const whole = sum(make(), text);
      expect(whole.rows).toBe(4);
      for (let at = 0; at <= text.length; at += 1)
        expect(sum(make(), text.slice(0, at), text.slice(at))).toEqual(whole);
    }
  });

  it('in any order tell rows apart, and how often each is there, and not where it lies', () => {
    const of = (...rows: readonly string[]) => sum(sumInAnyOrder(), rows.join('')).sum;
    expect(of(...ROWS)).toBe(of(...ROWS.toReversed()));
    expect(of(...ROWS)).not.toBe(of(...ROWS, ROWS[0] ?? ''));
    expect(of(...ROWS)).not.toBe(of(...ROWS.slice(0, 3), ROWS[1] ?? ''));
    expect(of('1\t2\n')).not.toBe(of('12\t\n'));
  });

  it('in order tell them apart by where they lie', () => {
    expect(sum(sumInOrder(), ...ROWS).sum).not.toBe(sum(sumInOrder(), ...ROWS.toReversed()).sum);
  });

  it('go by the names of columns where a table has them in another order', () => {
    const plain = sum(sumInAnyOrder(), 'a\tb\tc\n');
    expect(sum(sumInAnyOrder([2, 0, 1]), 'b\tc\ta\n')).toEqual(plain);
    expect(sum(sumInAnyOrder([2, 0, 1]), 'a\tb\tc\n')).not.toEqual(plain);
  });

  it('of several tables add up to that of all their rows', () => {
    const [a, b] = [sum(sumInAnyOrder(), ...ROWS.slice(0, 1)), sum(sumInAnyOrder(), ...ROWS.slice(1))];
    expect(addSums(a, b)).toEqual(sum(sumInAnyOrder(), ...ROWS));
  });

  it('of no rows, and of rows without columns, are sums', () => {
    expect(sum(sumInAnyOrder()).rows).toBe(0);
    expect(sum(sumInAnyOrder(), '\n\n').rows).toBe(2);
  });

  it('are refused where a row has no end', () => {
    expect(() => sum(sumInOrder(), '1\tone')).toThrow('no end');
    expect(() => sum(sumInAnyOrder(), '1\tone')).toThrow('no end');
  });
});

describe('the rows in a dump', () => {
  async function read(...chunks: readonly string[]): Promise<string> {
    async function* content() {
      for (const chunk of chunks) yield Buffer.from(chunk);
    }
    let text = '';
    for await (const chunk of rowsOf(content())) text += chunk.toString();
    return text;
  }

  it('end before what pg_dump writes behind them, however they are cut', async () => {
    const text = 'one\n\\\\.\ntwo\n\\.\n\n\n';
    for (let at = 0; at <= text.length; at += 1) {
      for (let to = at; to <= text.length; to += 1) {
        expect(await read(text.slice(0, at), text.slice(at, to), text.slice(to))).toBe('one\n\\\\.\ntwo\n');
      }
    }
  });

  it('are refused where they are cut', async () => {
    await expect(read('one\n')).rejects.toThrow('no end');
    await expect(read()).rejects.toThrow('no end');
  });

  it('have the columns of the statement that copies them, as they are quoted', () => {
    const of = (copy: string) => columnsOf({ copy, tag: 't' });
    expect(of('COPY public.t (id, "a ""b"", c", "(d)") FROM stdin;\n')).toEqual(['id', '"a ""b"", c"', '"(d)"']);
    expect(of('COPY "Sch.ema"."t (x)" (id) FROM stdin;\n')).toEqual(['id']);
    expect(of('COPY public.t  FROM stdin;\n')).toEqual([]);
    expect(() => of('COPY public.t (id) FROM PROGRAM $$id$$;')).toThrow('not copied as pg_dump does');
  });
});
