import { styleText } from 'node:util';
import { harmless } from './harmless.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null | undefined;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
  /**
   * Where not all columns fit: `spare` is left out before anything is cut, such as the id of what has a name, too; `word` is
   * left out rather than cut, as numbers are, such as a state, which half a word does not say; `whole` is never cut, and stands
   * on a line of its own below its row if it must, such as an id without which nothing can be done. Others are cut.
   */
  readonly room?: 'spare' | 'word' | 'whole';
}

const GAP = '  ';
/** What is cut further says nothing. */
const LEAST = 10;

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
 * Rows under titles, no line wider than `width` cells where that can be: columns that can be spared are there as far as there
 * is room, then the widest are cut. `width` null: as wide as they are, for who reads a pipe.
 */
export function formatTable<Row>(rows: readonly Row[], all: readonly Column<Row>[], width: number | null): string {
  const every = all.map((column) => {
    const texts = rows.map((row) => harmless(String(column.value(row) ?? '-')));
    return { column, texts, wanted: Math.max(widthOf(column.title), ...texts.map(widthOf)) };
  });
  const { inLine, below } = width === null ? { inLine: every, below: [] } : arrange(every, width);
  const widths = width === null ? inLine.map(({ wanted }) => wanted) : share(inLine, width - gapsOf(inLine));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => {
        const shown = shorten(text, widths[index] ?? 0);
        const rest = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(shown)));
        return inLine[index]?.column.align === 'right' ? rest + shown : shown + rest;
      })
      .join(GAP)
      .trimEnd();
  const block = (textOf: (one: Measured<Row>) => string) =>
    [line(inLine.map(textOf)), ...below.map((one) => GAP + textOf(one))].join('\n');
  const head = block(({ column }) => column.title);
  return [
    width === null ? head : styleText('bold', head),
    ...rows.map((_, row) => block(({ texts }) => texts[row] ?? '')),
  ].join('\n');
}

interface Measured<Row> {
  readonly column: Column<Row>;
  readonly texts: readonly string[];
  readonly wanted: number;
}

const gapsOf = (columns: readonly unknown[]) => GAP.length * (columns.length - 1);
const isCut = ({ column }: Measured<never>) => column.room === undefined && column.align !== 'right';
const leastOf = (one: Measured<never>) => (isCut(one) ? Math.min(one.wanted, LEAST) : one.wanted);

/** Which columns stand beside each other, and which below each row. */
function arrange<Row>(
  every: readonly Measured<Row>[],
  width: number,
): { readonly inLine: readonly Measured<Row>[]; readonly below: readonly Measured<Row>[] } {
  const isWithin = (columns: readonly Measured<Row>[], cells: (one: Measured<Row>) => number) =>
    columns.reduce((sum, one) => sum + cells(one), gapsOf(columns)) <= width;
  const isSpare = ({ column }: Measured<Row>) => column.room === 'spare';
  const spared = every.filter(isSpare).reduce<readonly Measured<Row>[]>(
    (kept, one) => {
      const more = every.filter((other) => other === one || kept.includes(other));
      return isWithin(more, ({ wanted }) => wanted) ? more : kept;
    },
    every.filter((one) => !isSpare(one)),
  );
  if (isWithin(spared, leastOf)) return { inLine: spared, below: [] };
  const isWhole = ({ column }: Measured<Row>, index: number) => index > 0 && column.room === 'whole';
  if (every.some(isWhole)) {
    const { inLine } = arrange(
      every.filter((one, index) => !isWhole(one, index)),
      width,
    );
    return { inLine, below: every.filter(isWhole) };
  }
  return {
    inLine: leaveOut(spared, (columns) => isWithin(columns, leastOf)),
    below: [],
  };
}

/** Without the last ones until the others are within; the first stays. */
function leaveOut<One>(every: readonly One[], isWithin: (columns: readonly One[]) => boolean): readonly One[] {
  return every.length <= 1 || isWithin(every) ? every : leaveOut(every.slice(0, -1), isWithin);
}

/** Takes cells from the widest of those that may be cut until all fit, or each is as narrow as can be. */
function share<Row>(columns: readonly Measured<Row>[], room: number): readonly number[] {
  const widths = columns.map(({ wanted }) => wanted);
  const cuttable = columns.map((one, index) => isCut(one) || (index === 0 && columns.length === 1));
  for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; over -= 1) {
    const open = widths.map((width, index) => (cuttable[index] ? width : 0));
    const widest = open.indexOf(Math.max(...open));
    if ((open[widest] ?? 0) <= LEAST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
