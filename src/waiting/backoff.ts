export interface Backoff {
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

/** The wait after the so-manyeth failure (from 1): doubles each time, up to the limit. */
export function backoffMs(failures: number, { delayMs, maxDelayMs }: Backoff): number {
  return Math.min(maxDelayMs, delayMs * 2 ** Math.min(failures - 1, 30));
}
