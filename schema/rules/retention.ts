import type { RetentionForm, RetentionRule } from './schedule-rules.ts';
import { readTimeZone, type TimeZone } from './time-zones.ts';

/** An AVAILABLE image as retention sees it. */
export interface RetainedImage {
  readonly id: string;
  readonly takenAt: Date;
  readonly protected: boolean;
  readonly expiresAt: Date | null;
  /** Whether a drill of it has passed. */
  readonly proven: boolean;
  /** Whether the last drill of it that said something failed: it may not come back at all. */
  readonly refuted: boolean;
  /** The schedule that took it; null for one taken by hand. */
  readonly scheduleId: string | null;
  /** What uses it at present, in words; null when nothing does. */
  readonly usedBy: string | null;
}

/** What is to stay of the images of one schedule. */
export interface RetentionPolicy {
  readonly retention: RetentionForm;
  readonly timeZone: string;
}

/** The images of one instance, with all that decides on them. */
export interface RetentionCase {
  readonly images: readonly RetainedImage[];
  /** Whether the instance is DELETED: no image will follow those that there are. */
  readonly isInstanceGone: boolean;
  /** The policy of an image; null: no rule deletes it but its expiry. */
  policyOf(image: RetainedImage): RetentionPolicy | null;
}

/** Why an image stays, in words; it goes when there is no reason. */
export type RetentionDecision = ReadonlyMap<string, readonly string[]>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 1 January 1970 was a Thursday; weeks begin on Mondays. */
const DAYS_TO_MONDAY = 3;
/** Of an instance that is gone the others would keep their last images for ever, or lose them at once. */
const RULES_OF_THE_GONE: readonly RetentionRule[] = ['keepDays', 'keepMonthly', 'keepYearly'];

/** The period of each rule in which a moment lies, as a key. */
const PERIODS = {
  // Two hours that the clock shows alike are two.
  keepHourly: (zone: TimeZone, at: number) => {
    const wall = zone.wallAt(at);
    return `${Math.floor(wall / HOUR)} ${Math.round((wall - at) / 60_000)}`;
  },
  keepDaily: (zone: TimeZone, at: number) => `${Math.floor(zone.wallAt(at) / DAY)}`,
  keepWeekly: (zone: TimeZone, at: number) => `${Math.floor((Math.floor(zone.wallAt(at) / DAY) + DAYS_TO_MONDAY) / 7)}`,
  keepMonthly: (zone: TimeZone, at: number) => new Date(zone.wallAt(at)).toISOString().slice(0, 7),
  keepYearly: (zone: TimeZone, at: number) => new Date(zone.wallAt(at)).toISOString().slice(0, 4),
} as const;

function newestFirst(a: RetainedImage, b: RetainedImage): number {
  return b.takenAt.getTime() - a.takenAt.getTime() || (a.id < b.id ? 1 : -1);
}

/** What the rules want of images, newest first, that are of one policy. */
function applyRules(
  images: readonly RetainedImage[],
  { retention, timeZone }: RetentionPolicy,
  now: Date,
  rules: (rule: RetentionRule) => boolean,
  keep: (image: RetainedImage, because: string) => void,
): void {
  const zone = readTimeZone(timeZone);
  if (zone === null) {
    for (const image of images) keep(image, `The time zone ${timeZone} of its schedule is not known here.`);
    return;
  }
  const wanted = (rule: RetentionRule) => (rules(rule) ? (retention[rule] ?? 0) : 0);
  for (const image of images.slice(0, wanted('keepLast'))) keep(image, `keepLast: ${retention.keepLast}`);
  const days = wanted('keepDays');
  for (const image of images) {
    if (image.takenAt.getTime() > now.getTime() - days * DAY && days > 0) keep(image, `keepDays: ${days}`);
  }
  for (const [rule, periodOf] of Object.entries(PERIODS) as [keyof typeof PERIODS, (typeof PERIODS)['keepDaily']][]) {
    const periods = new Set<string>();
    for (const image of images) {
      if (periods.size >= wanted(rule)) break;
      const period = periodOf(zone, image.takenAt.getTime());
      if (!periods.has(period)) keep(image, `${rule}: ${retention[rule]}`);
      periods.add(period);
    }
  }
}

/**
 * Why each AVAILABLE image of one instance stays at a moment; those without a reason go. Deciding again after they are gone
 * lets nothing further go.
 */
export function decideRetention({ images, isInstanceGone, policyOf }: RetentionCase, now: Date): RetentionDecision {
  const sorted = [...images].sort(newestFirst);
  const reasons = new Map<string, string[]>(sorted.map(({ id }) => [id, []]));
  const keep = (image: RetainedImage | undefined, because: string) => {
    if (image !== undefined) reasons.get(image.id)?.push(because);
  };
  keep(sorted[0], 'It is the newest image of its instance.');
  keep(
    sorted.find(({ proven }) => proven),
    'It is the newest proven image of its instance.',
  );
  const keepFirstOf = (isSound: (image: RetainedImage) => boolean, because: string) => {
    const first = sorted.find(isSound);
    if (first !== undefined && reasons.get(first.id)?.length === 0) keep(first, because);
  };
  // Else the one that could bring the data back would go, and the one stay that a drill has failed with.
  keepFirstOf(({ refuted }) => !refuted, 'It is the newest image of its instance that no drill has refuted.');
  keepFirstOf(
    ({ proven, refuted }) => proven && !refuted,
    'It is the newest image of its instance that is proven still.',
  );
  const byPolicy = new Map<RetentionPolicy, RetainedImage[]>();
  for (const image of sorted) {
    if (image.protected) keep(image, 'It is protected.');
    if (image.usedBy !== null) keep(image, image.usedBy);
    const isExpiring = image.expiresAt !== null;
    if (image.expiresAt !== null && image.expiresAt > now)
      keep(image, `It expires at ${image.expiresAt.toISOString()}.`);
    const policy = policyOf(image);
    if (policy === null && !isExpiring) keep(image, 'No schedule that is there took it, and it has no expiresAt.');
    if (policy !== null) byPolicy.set(policy, [...(byPolicy.get(policy) ?? []), image]);
  }
  for (const [policy, of] of byPolicy) {
    const applies = (rule: RetentionRule) => !isInstanceGone || RULES_OF_THE_GONE.includes(rule);
    if (isInstanceGone && RULES_OF_THE_GONE.every((rule) => policy.retention[rule] == null)) {
      const because = `Its instance is DELETED, and the retention has none of ${RULES_OF_THE_GONE.join(', ')}.`;
      for (const image of of) keep(image, because);
    } else applyRules(of, policy, now, applies, keep);
  }
  return reasons;
}
