import { toString as sayCron } from 'cronstrue';
import type { ScheduleRowFragment } from '../generated/graphql.ts';
import { formatNumberOf } from './numbers.ts';

type Retention = ScheduleRowFragment['retention'];

const RULES = [
  ['keepLast', 'last'],
  ['keepHourly', 'hourly'],
  ['keepDaily', 'daily'],
  ['keepWeekly', 'weekly'],
  ['keepMonthly', 'monthly'],
  ['keepYearly', 'yearly'],
] as const;

/** `At 03:00, every day`; what cannot be said in words stays as it is. */
export function cronWords(cron: string): string {
  try {
    return sayCron(cron, { use24HourTimeFormat: true, verbose: true });
  } catch {
    return `“${cron}”`;
  }
}

/** `7 daily, 4 weekly, all of 30 days`. */
export function retentionWords(retention: Partial<Retention>): string {
  const rules = RULES.flatMap(([rule, word]) => (retention[rule] ? [`${retention[rule]} ${word}`] : []));
  const days = retention.keepDays ? [`all of ${formatNumberOf(retention.keepDays, 'day')}`] : [];
  return [...rules, ...days].join(', ') || 'none';
}

/** Whose images a schedule takes. */
export function subjectWords({ instance, selector }: Pick<ScheduleRowFragment, 'instance' | 'selector'>): string {
  if (instance) return instance.name;
  if (selector.length === 0) return 'every instance';
  return `what is labelled ${selector.map(({ key, value }) => `${key}=${value}`).join(' and ')}`;
}

/** The whole of it: when, of what, how long, and how often it is proven. */
export function scheduleSentence(schedule: ScheduleRowFragment): string {
  const { cron, timeZone, drillEvery } = schedule;
  const proof =
    drillEvery == null
      ? 'never proven by itself'
      : drillEvery === 1
        ? 'each proven by a drill'
        : `${everyNth(drillEvery)} proven by a drill`;
  return `${cronWords(cron)}, ${timeZone}: images of ${subjectWords(schedule)}. Kept: ${retentionWords(schedule.retention)}; ${proof}.`;
}

const SUFFIXES: Readonly<Record<Intl.LDMLPluralRule, string>> = {
  one: 'st',
  two: 'nd',
  few: 'rd',
  other: 'th',
  zero: 'th',
  many: 'th',
};
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

/** "every", "every 2nd", "every 11th". */
export function everyNth(count: number): string {
  return count === 1 ? 'every' : `every ${count}${SUFFIXES[ordinals.select(count)]}`;
}

/** Why an image stays, as people say it: `keepDaily: 7` is one of 7 daily ones; anything else is a sentence already. */
export function becauseWords(because: readonly string[]): string {
  return because
    .map((reason) => {
      const [, rule = '', count = ''] = /^(keep\w+): (\d+)$/.exec(reason) ?? [];
      return rule === '' ? reason.replace(/\.$/, '') : retentionWords({ [rule]: Number(count) });
    })
    .join('; ');
}
