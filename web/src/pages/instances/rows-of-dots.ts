/** A dot by the place of its middle and how wide it is, in pixels. */
export interface PlacedDot {
  readonly at: number;
  readonly size: number;
}

/** From the line outwards. */
const ROWS = [0, -1, 1, -2, 2, -3, 3, -4, 4];
const APART = 3;

/**
 * In which row each of the dots, sorted by their places, stands so that none lies upon another: 0 is the line, -1 the row
 * above it. Where not even all rows have room, those that end first are taken again.
 */
export function rowsOfDots(dots: readonly PlacedDot[]): readonly number[] {
  const ends = new Map<number, number>();
  return dots.map(({ at, size }) => {
    const begin = at - size / 2 - APART;
    const endOf = (row: number) => ends.get(row) ?? Number.NEGATIVE_INFINITY;
    const row = ROWS.find((one) => endOf(one) <= begin) ?? [...ROWS].sort((a, b) => endOf(a) - endOf(b))[0] ?? 0;
    ends.set(row, at + size / 2);
    return row;
  });
}

/** How many rows on either side of the line have a dot. */
export const rowsBeside = (rows: readonly number[]) => Math.max(0, ...rows.map(Math.abs));
