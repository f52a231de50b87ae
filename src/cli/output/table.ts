import { styleText } from 'node:util';
import { harmless } from './harmless.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null | undefined;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
  /**
   * Where not all columns fit: `spare` is left out before anything is cut, such as the id of what has a name, too; `whole` is
   * never cut, such as an id without which nothing can be done.
   */
  readonly room?: 'spare' | 'whole';
}

const GAP = '  ';
const LEAST = 6;

const SEGMENTS = new Intl.Segmenter();
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

function graphemes(text: string): readonly { readonly text: string; readonly cells: number }[] {
  return [...SEGMENTS.segment(text)].map(({ segment }) => ({ text: segment, cells: WIDE.test(segment) ? 2 : 1 }));
}

const widthOf = (text: string) => graphemes(text).reduce((sum, { cells }) => sum + cells, 0);

function shorten(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  let cut = '';
  let used = 0;
  for (const grapheme of graphemes(text)) {
    if (used + grapheme.cells > cells - 1) break;
    cut += grapheme.text;
    used += grapheme.cells;
  }
  return `${cut}…`;
}

/**
 * Rows under titles, no line wider than `width` cells where that can be: columns that can be spared are left out, the last
 * first, then the widest are cut. `width` null: as wide as they are, for who reads a pipe.
 */
export function formatTable<Row>(rows: readonly Row[], all: readonly Column<Row>[], width: number | null): string {
  const every = all.map((column) => {
    const texts = rows.map((row) => harmless(String(column.value(row) ?? '-')));
    return { column, texts, wanted: Math.max(widthOf(column.title), ...texts.map(widthOf)) };
  });
  const fit = width === null ? every : leaveOut(every, width);
  const columns = fit.map(({ column }) => column);
  const cells = rows.map((_, row) => fit.map(({ texts }) => texts[row] ?? ''));
  const widths = width === null ? fit.map(({ wanted }) => wanted) : share(fit, width - GAP.length * (fit.length - 1));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => {
        const shown = shorten(text, widths[index] ?? 0);
        const rest = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(shown)));
        return columns[index]?.align === 'right' ? rest + shown : shown + rest;
      })
      .join(GAP)
      .trimEnd();
  const head = line(columns.map(({ title }) => title));
  return [width === null ? head : styleText('bold', head), ...cells.map(line)].join('\n');
}

interface Measured {
  readonly column: Pick<Column<never>, 'room'>;
  readonly wanted: number;
}

/**
 * Without the columns that can be spared, from the last on, for as long as not all fit; then without others but the first and
 * those that are shown whole, for as long as they do not fit cut either.
 */
function leaveOut<One extends Measured>(every: readonly One[], width: number): readonly One[] {
  const sum = (cells: (one: One) => number) => every.reduce((all, one) => all + cells(one) + GAP.length, -GAP.length);
  const spare = every.findLastIndex(({ column }) => column.room === 'spare');
  if (spare >= 0) return sum(({ wanted }) => wanted) > width ? leaveOut(every.toSpliced(spare, 1), width) : every;
  const last = every.findLastIndex(({ column }, index) => index > 0 && column.room === undefined);
  const least = sum(({ wanted, column }) => (column.room === 'whole' ? wanted : Math.min(wanted, LEAST)));
  return least > width && last >= 0 ? leaveOut(every.toSpliced(last, 1), width) : every;
}

/** Takes cells from the widest until all fit, or each is as narrow as can be. */
function share(columns: readonly Measured[], room: number): readonly number[] {
  const widths = columns.map(({ wanted }) => wanted);
  const cuttable = columns.map(({ column }) => (column.room === 'whole' ? 0 : Number.POSITIVE_INFINITY));
  for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; over -= 1) {
    const open = widths.map((width, index) => Math.min(width, cuttable[index] ?? 0));
    const widest = open.indexOf(Math.max(...open));
    if ((open[widest] ?? 0) <= LEAST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
