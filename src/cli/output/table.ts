import { styleText } from 'node:util';
import { harmless } from './harmless.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null | undefined;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
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
 * Rows under titles, no line wider than `width` cells: the widest columns are cut first. `width` null: as wide as they are,
 * for who reads a pipe.
 */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number | null): string {
  const cells = rows.map((row) => columns.map(({ value }) => harmless(String(value(row) ?? '-'))));
  const wanted = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...cells.map((line) => widthOf(line[index] ?? ''))),
  );
  const widths = width === null ? wanted : share(wanted, width - GAP.length * (columns.length - 1));
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

/** Takes cells from the widest until all fit, or each is as narrow as can be. */
function share(wanted: readonly number[], room: number): readonly number[] {
  const widths = [...wanted];
  for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= LEAST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
