/** The token of the administrator whom the bench calls as. */
export const TOKEN = 'a-token-of-the-bench-alone-0123456789';

/** What the process is told: to say what it takes, `collect` after it has thrown away what it can. */
export interface ApiOrder {
  readonly verb: 'measure';
  readonly collect: boolean;
}

/** What a process takes. */
export interface ProcessUse {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly cpuSeconds: number;
}

/** What it says: where it is, then an answer to each order. */
export type ApiReport = { readonly url: string } | ProcessUse;
