const NEWLINE = 0x0a;
/** A longer line is given in pieces, so that a stream without line ends cannot fill the memory. */
const LONGEST_BYTES = 8 << 20;

/**
 * The lines of a stream of bytes. What stands behind the last newline is a line as well, unless `isWhole` is false: then
 * the stream may have ended in the middle of one.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>, isWhole = true): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline === -1) break;
      pending.push(chunk.subarray(start, newline));
      yield Buffer.concat(pending).toString('utf8');
      pending = [];
      size = 0;
      start = newline + 1;
    }
    if (start < chunk.length) {
      pending.push(chunk.subarray(start));
      size += chunk.length - start;
      if (size > LONGEST_BYTES) {
        yield Buffer.concat(pending).toString('utf8');
        pending = [];
        size = 0;
      }
    }
  }
  if (size > 0 && isWhole) yield Buffer.concat(pending).toString('utf8');
}
