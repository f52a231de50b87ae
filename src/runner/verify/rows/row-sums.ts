import { createHash, hash } from 'node:crypto';

/** What rows add up to. Equal sums: the same rows, as often. */
export interface RowsSum {
  readonly rows: number;
  readonly sum: string;
}

/** Takes the text of COPY in pieces of any size. */
export interface RowSummer {
  take(chunk: Buffer): void;
  /** When all was taken. Throws where the last row has no end. */
  end(): RowsSum;
}

const NEWLINE = 10;
const TAB = 9;

/** Of rows in their order: as fast as a hash. */
export function sumInOrder(): RowSummer {
  const digest = createHash('sha256');
  let rows = 0;
  let last = NEWLINE;
  return {
    take: (chunk) => {
      digest.update(chunk);
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) rows += 1;
      last = chunk.at(-1) ?? last;
    },
    end: () => {
      requireEnded(last === NEWLINE);
      return { rows, sum: digest.digest('hex') };
    },
  };
}

/**
 * Of rows in any order: the hashes of all of them, added up. `columns`: for each field of the sum its place in the rows, where
 * that is another.
 */
export function sumInAnyOrder(columns: readonly number[] | null = null): RowSummer {
  const lanes = new Uint32Array(5);
  let rows = 0;
  let begun: Buffer[] = [];
  const add = (row: Buffer) => {
    const digest = hash('sha1', columns === null ? row : arrange(row, columns), 'buffer');
    for (let lane = 0; lane < lanes.length; lane += 1) lanes[lane] = (lanes[lane] ?? 0) + digest.readUInt32LE(lane * 4);
    rows += 1;
  };
  return {
    take: (chunk) => {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        const piece = chunk.subarray(from, at);
        if (begun.length === 0) add(piece);
        else {
          add(Buffer.concat([...begun, piece]));
          begun = [];
        }
        from = at + 1;
      }
      // A piece of a chunk keeps all of it.
      if (from < chunk.length) begun.push(Buffer.from(chunk.subarray(from)));
    },
    end: () => {
      requireEnded(begun.length === 0);
      return { rows, sum: Buffer.from(lanes.buffer).toString('hex') };
    },
  };
}

/** COPY writes a tab of a value as `\t`: each tab here is between two values. */
function arrange(row: Buffer, columns: readonly number[]): Buffer {
  const fields: Buffer[] = [];
  let from = 0;
  for (let at = row.indexOf(TAB); at !== -1; at = row.indexOf(TAB, from)) {
    fields.push(row.subarray(from, at));
    from = at + 1;
  }
  fields.push(row.subarray(from));
  const between = Buffer.from([TAB]);
  return Buffer.concat(
    columns.flatMap((place, index) => [...(index === 0 ? [] : [between]), fields[place] ?? Buffer.alloc(0)]),
  );
}

function requireEnded(isEnded: boolean): void {
  if (!isEnded) throw new Error('the last row has no end');
}
