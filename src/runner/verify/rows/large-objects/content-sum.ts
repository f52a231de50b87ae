import { createHash } from 'node:crypto';

/** A page's place, before its bytes. */
const PLACE_BYTES = 8;

/**
 * What the content of a large object adds up to, taken in its order, in pieces of any size. Pages of zeros stand in no sum: a
 * server stores none for what was never written, and a gap of a terabyte costs nothing.
 */
export function createContentSum(pageBytes: number) {
  const digest = createHash('sha256');
  const framed = Buffer.alloc(PLACE_BYTES + pageBytes);
  const page = framed.subarray(PLACE_BYTES);
  const zeros = Buffer.alloc(pageBytes);
  /** Which page is being filled, and how far. */
  let [nth, filled, length] = [0, 0, 0];
  const end = () => {
    if (filled > 0 && !page.equals(zeros)) {
      framed.writeDoubleLE(nth);
      digest.update(framed);
    }
    page.fill(0);
    filled = 0;
  };
  return {
    /** `at`: where the piece begins; it is never before the end of the last one. */
    take(bytes: Buffer, at = length): void {
      if (at < length) throw new RangeError('the pieces of a large object are in another order');
      let from = 0;
      while (from < bytes.length) {
        const place = at + from;
        const within = place % pageBytes;
        if (Math.floor(place / pageBytes) !== nth) end();
        nth = Math.floor(place / pageBytes);
        const take = Math.min(pageBytes - within, bytes.length - from);
        bytes.copy(page, within, from, from + take);
        filled = within + take;
        from += take;
      }
      length = at + bytes.length;
    },
    /** When all was taken. */
    end(): string {
      end();
      return `${length} ${digest.digest('hex')}`;
    },
  };
}
