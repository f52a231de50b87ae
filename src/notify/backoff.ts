const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WAITS = [5_000, 30_000, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE] as const;
const LONGEST = 180 * MINUTE;

/**
 * When to send a message again that was tried so often: after 5 s, later and later, for a day from `since` on; null when
 * that is over. Somewhat at random, so that what failed together does not come again together.
 */
export function nextAttempt(attempts: number, since: Date, now: Date, random = Math.random()): Date | null {
  const wait = (WAITS[attempts - 1] ?? LONGEST) * (0.9 + 0.2 * random);
  const next = new Date(now.getTime() + wait);
  return next.getTime() - since.getTime() <= DAY ? next : null;
}
