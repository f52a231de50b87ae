/** The token of the administrator whom the bench calls as. */
export const TOKEN = 'a-token-of-the-bench-alone-0123456789';

/** How fast the one job of the API's process writes. */
export const LINES_A_SECOND = 10_000;

/** What a line says: about as long as those of a backup. */
export function textOfLine(line: number): string {
  return `${line} dumped part ${line % 977} of public.orders_of_the_year, 4194304 bytes, 1 of 2 workers is free`;
}

/** What the process is told. */
export type ApiOrder =
  | { readonly verb: 'measure'; readonly collect: boolean }
  /** Has its job write so many lines from now on. */
  | { readonly verb: 'write'; readonly lines: number };

/** What a process takes. */
export interface ProcessUse {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly cpuSeconds: number;
}

/** What it says: where it is, then an answer to each order. */
export type ApiReport = { readonly url: string } | { readonly writingSince: number } | ProcessUse;
