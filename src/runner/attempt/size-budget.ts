import { every } from '../../waiting/every.ts';
import type { Attempt } from './attempt.ts';
import { finalFailure, type JobFailure } from './failure.ts';

const LOOK_MS = 500;
/** What is small already may be many times what was said. */
const BESIDE_BYTES = 2 ** 30;
/** Rows as text take up to three times what they take in a server, those that it had compressed more, hardly ever so much. */
const MARGIN = 10;

/** What of a server, or of an image, may come in all: neither is trusted to end by itself. */
export interface SizeBudget {
  readonly mostBytes: number;
  /** Throws a final failure that says what to do when so much is more than may come. */
  check(bytes: number): void;
}

/**
 * As much as `databaseBytes` leads to expect, TOYGRES_SIZE_MARGIN times, and a gigabyte. 0: nobody has said how much, and there is
 * no bound. `what`: what comes, as the beginning of a sentence.
 */
export function createSizeBudget(
  { parameters }: Pick<Attempt, 'parameters'>,
  databaseBytes: number,
  what: string,
): SizeBudget {
  const margin = /^[1-9]\d{0,3}$/.test(parameters.TOYGRES_SIZE_MARGIN ?? '')
    ? Number(parameters.TOYGRES_SIZE_MARGIN)
    : MARGIN;
  const beside = Number(parameters.TOYGRES_SIZE_BESIDE_BYTES ?? BESIDE_BYTES);
  const mostBytes = databaseBytes > 0 ? databaseBytes * margin + beside : Number.POSITIVE_INFINITY;
  return {
    mostBytes,
    check: (bytes) => {
      if (bytes > mostBytes) throw tooMuch(what, { databaseBytes, margin, mostBytes });
    },
  };
}

function tooMuch(
  what: string,
  {
    databaseBytes,
    margin,
    mostBytes,
  }: { readonly databaseBytes: number; readonly margin: number; readonly mostBytes: number },
): JobFailure {
  const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
  return finalFailure(
    `${what} more than ${mebibytes(mostBytes)} MiB, where databases of ${mebibytes(databaseBytes)} MiB in all were told of: ` +
      `it was stopped, and nothing of it is kept. Raise TOYGRES_SIZE_MARGIN (${margin} now) where that is what they really hold`,
  );
}

/** What comes of several sources at the same time, of each as much as was seen of it at most: what is read again counts once. */
export interface Intake {
  /** Passes the bytes of one of them; ends with the failure of the budget. */
  pass<Piece extends Uint8Array>(name: string, content: AsyncIterable<Piece>): AsyncGenerator<Piece>;
}

export function createIntake(budget: SizeBudget): Intake {
  const most = new Map<string, number>();
  let total = 0;
  return {
    async *pass(name, content) {
      let own = 0;
      for await (const piece of content) {
        own += piece.length;
        const before = most.get(name) ?? 0;
        if (own > before) {
          most.set(name, own);
          total += own - before;
          budget.check(total);
        }
        yield piece;
      }
    },
  };
}

/** Looks twice a second how much there is, in all that is watched, and tells the failure of the budget once. */
export interface SizeWatch {
  watch(bytes: () => number): () => void;
  stop(): Promise<void>;
}

export function watchSize(budget: SizeBudget, written: () => number, onTooMuch: (error: unknown) => void): SizeWatch {
  const watched = new Set<() => number>();
  let isOver = false;
  const look = async () => {
    if (!isOver) budget.check([...watched].reduce((sum, bytes) => sum + bytes(), written()));
  };
  const stop = every(LOOK_MS, look, (error) => {
    isOver = true;
    onTooMuch(error);
  });
  return {
    watch: (bytes) => {
      watched.add(bytes);
      return () => void watched.delete(bytes);
    },
    stop,
  };
}
