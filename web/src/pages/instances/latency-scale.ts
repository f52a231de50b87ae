const STEPS = [1, 2, 4, 6, 8, 10];
const LEAST_MS = 2;
/** What nine of ten are not above is usual. */
const USUAL = 0.9;
/** Something so many times as late as usual would make all the rest flat. */
const FAR = 2;

/**
 * The top, in ms, of a scale on which usual answers can be told apart: a round number with a round half, above all of them unless some are far
 * beyond what is usual.
 */
export function topOfScale(latencies: readonly number[]): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  const usual = sorted[Math.floor((sorted.length - 1) * USUAL)] ?? 0;
  const most = sorted.at(-1) ?? 0;
  return roundUp(most > FAR * usual ? 1.5 * usual : most);
}

function roundUp(ms: number): number {
  if (ms <= LEAST_MS) return LEAST_MS;
  const power = 10 ** Math.floor(Math.log10(ms));
  return power * (STEPS.find((step) => step * power >= ms) ?? 10);
}
