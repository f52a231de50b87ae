import { invalidInput } from '../errors.ts';
import { checkCron, checkTimeZone } from './cron-rules.ts';
import { checkIdempotencyKey } from './idempotency-rules.ts';
import { checkLabels, type LabelPair } from './label-rules.ts';
import { checkName } from './name-rules.ts';

/** Characters that the name of a schedule may have. */
export const SCHEDULE_NAME_MAX = 63;
/** Images that one schedule may have under way at once. */
export const CONCURRENCY_MAX = 100;
/** As many as are under way at once unless a schedule says otherwise. */
export const DEFAULT_CONCURRENCY = 4;
const DRILL_EVERY_MAX = 1000;

/** The rules of a retention in the order in which they are told. */
export const RETENTION_RULES = [
  'keepLast',
  'keepDays',
  'keepHourly',
  'keepDaily',
  'keepWeekly',
  'keepMonthly',
  'keepYearly',
] as const;
export type RetentionRule = (typeof RETENTION_RULES)[number];

/** Which images stay; a rule that is null or left out wants none. */
export type RetentionForm = { readonly [Rule in RetentionRule]?: number | null | undefined };

const RULE_MAX: Readonly<Record<RetentionRule, number>> = {
  keepLast: 10_000,
  keepDays: 36_500,
  keepHourly: 10_000,
  keepDaily: 36_500,
  keepWeekly: 5_200,
  keepMonthly: 1_200,
  keepYearly: 100,
};

interface Common {
  readonly cron?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly selector?: readonly LabelPair[] | null | undefined;
  readonly retention?: RetentionForm | null | undefined;
  readonly drillEvery?: number | null | undefined;
  readonly concurrency?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** What is checked of the input of createSchedule; null is as good as left out. */
export interface CreateScheduleForm extends Common {
  readonly name: string;
  readonly cron: string;
  readonly retention: RetentionForm;
  readonly instanceId?: string | null | undefined;
}

/** What is checked of the input of updateSchedule. */
export interface UpdateScheduleForm extends Common {
  readonly name?: string | null | undefined;
}

function checkCount(field: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw invalidInput(field, 'range', `${field} must be a whole number from 1 to ${max}: choose one.`);
}

/** Requires that every rule which is given keeps something, and that one is given: else all would go but the newest. */
export function checkRetention(field: string, retention: RetentionForm): void {
  const given = RETENTION_RULES.filter((rule) => retention[rule] != null);
  if (given.length === 0) {
    throw invalidInput(
      field,
      'atLeastOneRule',
      `${field} must say what to keep: give at least one of ${RETENTION_RULES.join(', ')}.`,
    );
  }
  for (const rule of given) checkCount(`${field}.${rule}`, retention[rule] ?? 0, RULE_MAX[rule]);
}

function checkCommon(input: Common): void {
  if (input.cron != null) checkCron('cron', input.cron);
  if (input.timeZone != null) checkTimeZone('timeZone', input.timeZone);
  if (input.selector != null) checkLabels('selector', input.selector);
  if (input.retention != null) checkRetention('retention', input.retention);
  if (input.drillEvery != null) checkCount('drillEvery', input.drillEvery, DRILL_EVERY_MAX);
  if (input.concurrency != null) checkCount('concurrency', input.concurrency, CONCURRENCY_MAX);
  checkIdempotencyKey(input);
}

/** Requires the form of every field of a new schedule. Whether its instance is there, the records tell later. */
export function checkCreateSchedule(input: CreateScheduleForm): void {
  checkName('name', input.name, SCHEDULE_NAME_MAX);
  if ((input.selector == null) === (input.instanceId == null)) {
    throw invalidInput(
      'selector',
      'exactlyOne',
      'Give exactly one of selector and instanceId: labels that instances carry (an empty list takes all of them), or ' +
        'one instance.',
    );
  }
  checkCommon(input);
}

/** Requires the form of every field of a change; what is left out stays as it is. */
export function checkUpdateSchedule(input: UpdateScheduleForm): void {
  if (input.name != null) checkName('name', input.name, SCHEDULE_NAME_MAX);
  checkCommon(input);
}

/** Requires what a preview needs: whose images, and a retention in form where one is given. */
export function checkRetentionPreview(input: {
  readonly scheduleId?: string | null | undefined;
  readonly instanceId?: string | null | undefined;
  readonly retention?: RetentionForm | null | undefined;
}): void {
  if (input.scheduleId == null && input.instanceId == null) {
    throw invalidInput('scheduleId', 'atLeastOne', 'Give scheduleId, instanceId, or both: whose images are meant?');
  }
  if (input.retention != null) checkRetention('retention', input.retention);
}
