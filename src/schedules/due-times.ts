import type { Recurrence } from '../../schema/rules/recurrence.ts';

/** So many missed times are written down one by one; of an outage of weeks no more can be read. */
const MISSED_KEPT = 100;
const MINUTE = 60_000;

/** The times that are due. */
export interface DueTimes {
  /** The last so many of them, in their order. */
  readonly last: readonly Date[];
  /** Whether there were others before. */
  readonly hasEarlier: boolean;
  /** The first that is not due yet; null when there is none. */
  readonly next: Date | null;
}

/** The times from `first`, which is one, up to `now`; no more of them than `most`. */
function listFrom(recurrence: Recurrence, first: Date | null, now: Date, most: number) {
  const times: Date[] = [];
  let at = first;
  for (; at !== null && at <= now && times.length < most; at = recurrence.nextAfter(at)) times.push(at);
  return { times, next: at };
}

/**
 * The times from `first` on that are not after `now`. Where they are very many, as every minute of a year is, they are not walked
 * through: the last so many are found by halving the time in which they must lie.
 */
export function listDue(recurrence: Recurrence, first: Date, now: Date, keep = MISSED_KEPT + 1): DueTimes {
  const all = listFrom(recurrence, first, now, keep + 1);
  if (all.times.length <= keep) return { last: all.times, hasEarlier: false, next: all.next };
  const listAfter = (moment: number) => listFrom(recurrence, recurrence.nextAfter(new Date(moment)), now, keep);
  let [low, high] = [first.getTime(), now.getTime()];
  while (high - low > MINUTE) {
    const middle = Math.floor((low + high) / 2);
    if (listAfter(middle).times.length === keep) low = middle;
    else high = middle;
  }
  const { times, next } = listAfter(low);
  return { last: times, hasEarlier: true, next };
}
