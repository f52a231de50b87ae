import { TocError } from '../../load/toc/byte-reader.ts';
import type { TocEntry } from '../../load/toc/toc-entry.ts';

/** What pg_dump writes behind the rows of a table. */
const END = Buffer.from('\\.\n\n\n');

/** The rows of a table's file in a dump, without what stands behind them. Throws TocError where that is missing. */
export async function* rowsOf(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const chunk of content) {
    if (chunk.length >= END.length) {
      if (held.length > 0) yield held;
      yield chunk.subarray(0, chunk.length - END.length);
      held = Buffer.from(chunk.subarray(chunk.length - END.length));
      continue;
    }
    const both = Buffer.concat([held, chunk]);
    const from = Math.max(0, both.length - END.length);
    if (from > 0) yield both.subarray(0, from);
    held = both.subarray(from);
  }
  if (!held.equals(END)) throw new TocError('the rows of a table have no end in the dump');
}

const IDENTIFIER = String.raw`(?:"(?:[^"]|"")*"|[^\s";(),.]+)`;
const COPY = new RegExp(
  `^COPY ${IDENTIFIER}(?:\\.${IDENTIFIER})? (?:\\((${IDENTIFIER}(?:, ${IDENTIFIER})*)\\))? ?FROM stdin;\\s*$`,
);

/** The columns of a table's rows as the dump names them, quoted where they must be. Throws TocError for another statement. */
export function columnsOf({ copy, tag }: Pick<TocEntry, 'copy' | 'tag'>): readonly string[] {
  const match = COPY.exec(copy);
  if (match === null) throw new TocError(`the rows of ${tag} are not copied as pg_dump does`);
  return match[1] === undefined ? [] : (match[1].match(new RegExp(IDENTIFIER, 'g')) ?? []);
}
