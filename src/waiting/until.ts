import { pause } from './pause.ts';

export interface UntilLimits {
  readonly timeoutMs: number;
  /** The wait between two looks. Default 25 ms. */
  readonly intervalMs?: number;
}

/** Looks until `check` gives true and says whether it did in time. The first look is at once, the last one after the time. */
export async function until(check: () => boolean | Promise<boolean>, limits: UntilLimits): Promise<boolean> {
  const deadline = performance.now() + limits.timeoutMs;
  for (;;) {
    if (await check()) return true;
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await pause(Math.min(limits.intervalMs ?? 25, left));
  }
}
