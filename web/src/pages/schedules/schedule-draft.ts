import { commandLine, labelWord } from '../../format/command-line.ts';
import type { ImageMethod, ScheduleRowFragment } from '../../generated/graphql.ts';
import type { LabelPair } from '../../ui/label-edits.ts';

/** Rules by which images are kept, as the API, people and the command line call them. */
export const RULES = [
  ['keepLast', 'The newest', '--keep-last'],
  ['keepHourly', 'Hourly', '--keep-hourly'],
  ['keepDaily', 'Daily', '--keep-daily'],
  ['keepWeekly', 'Weekly', '--keep-weekly'],
  ['keepMonthly', 'Monthly', '--keep-monthly'],
  ['keepYearly', 'Yearly', '--keep-yearly'],
  ['keepDays', 'All of … days', '--keep-days'],
] as const;

type Rule = (typeof RULES)[number][0];

/** What somebody has entered, as text until it is sent. */
export interface ScheduleDraft {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly of: 'labels' | 'every' | 'one';
  readonly labels: readonly LabelPair[];
  /** The one whose images are taken, by the name that somebody has written. */
  readonly instanceName: string;
  readonly method: ImageMethod;
  readonly drillEvery: string;
  readonly rules: { readonly [Name in Rule]?: string };
}

export const EMPTY_DRAFT: ScheduleDraft = {
  name: '',
  cron: '0 3 * * *',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  of: 'labels',
  labels: [],
  instanceName: '',
  method: 'LOGICAL',
  drillEvery: '7',
  rules: { keepDaily: '7', keepWeekly: '4', keepMonthly: '12' },
};

/** A schedule as it is, to be changed. */
export function draftOf(schedule: ScheduleRowFragment): ScheduleDraft {
  const { name, cron, timeZone, instance, selector, method, drillEvery, retention } = schedule;
  const rules = RULES.flatMap(([rule]) => (retention[rule] == null ? [] : [[rule, String(retention[rule])]]));
  const of = instance ? 'one' : selector.length > 0 ? 'labels' : 'every';
  const labels = selector.map(({ key, value }) => ({ key, value }));
  const common = { name, cron, timeZone, of, labels, method, instanceName: instance?.name ?? '' } as const;
  return { ...common, drillEvery: drillEvery == null ? '' : String(drillEvery), rules: Object.fromEntries(rules) };
}

/** The rules that were entered. */
export function retentionOf({ rules }: ScheduleDraft): { [Name in Rule]?: number } {
  const given = RULES.flatMap(([rule]) => (rules[rule]?.trim() ? [[rule, Number(rules[rule])] as const] : []));
  return Object.fromEntries(given);
}

/** What both, making and changing, send. */
export function inputOf(draft: ScheduleDraft) {
  const { name, cron, timeZone, of, labels, method, drillEvery } = draft;
  return {
    name,
    cron,
    timeZone,
    method,
    drillEvery: drillEvery.trim() === '' ? null : Number(drillEvery),
    retention: retentionOf(draft),
    ...(of === 'one' ? {} : { selector: of === 'every' ? [] : labels.map(({ key, value }) => ({ key, value })) }),
  };
}

/** What a change sends: what is not as in the schedule any more, so that nobody undoes what somebody else has changed. */
export function changeOf(schedule: ScheduleRowFragment, draft: ScheduleDraft): Partial<ReturnType<typeof inputOf>> {
  const before: Readonly<Record<string, unknown>> = inputOf(draftOf(schedule));
  const isNew = ([name, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(before[name]);
  return Object.fromEntries(Object.entries(inputOf(draft)).filter(isNew));
}

/** The line of `toygres` that sends the same: `sent` is what of the draft stands in the input. */
export function commandOf(
  draft: ScheduleDraft,
  verb: readonly string[],
  sent: Partial<ReturnType<typeof inputOf>>,
): string {
  const { cron, timeZone, of, labels, instanceName, method, drillEvery } = draft;
  const isNew = verb[1] === 'create';
  const subjects = of === 'every' ? ['--every-instance'] : labels.flatMap((label) => ['--label', labelWord(label)]);
  const rules = RULES.flatMap(([rule, , flag]) => (draft.rules[rule] ? [flag, draft.rules[rule]] : []));
  return commandLine(
    ...verb,
    isNew || sent.name === undefined ? [] : ['--name', sent.name],
    sent.cron === undefined ? [] : ['--cron', cron],
    sent.timeZone === undefined ? [] : ['--time-zone', timeZone],
    sent.selector === undefined ? [] : subjects,
    isNew && of === 'one' ? ['--instance', instanceName] : [],
    sent.method === undefined ? [] : ['--method', method],
    sent.drillEvery === undefined ? [] : ['--drill-every', drillEvery.trim() === '' ? '0' : drillEvery],
    sent.retention === undefined ? [] : rules,
  );
}
