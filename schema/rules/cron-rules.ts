import { CronExpressionParser } from 'cron-parser';
import { invalidInput } from '../errors.ts';
import { readTimeZone } from './time-zones.ts';

const CRON_MAX = 200;
const NUMBERS = /^[0-9*,/-]+$/;
const MONTHS = /^([0-9*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)+$/i;
const WEEKDAYS = /^([0-9*,/-]|sun|mon|tue|wed|thu|fri|sat)+$/i;
const FIELDS = [
  ['minutes (0-59)', NUMBERS],
  ['hours (0-23)', NUMBERS],
  ['days of the month (1-31)', NUMBERS],
  ['months (1-12 or jan-dec)', MONTHS],
  ['days of the week (0-7 or sun-sat)', WEEKDAYS],
] as const;

/** Requires five fields of cron that name a moment which comes. The message never holds the text. */
export function checkCron(field: string, cron: string): void {
  const parts = cron.length > CRON_MAX ? [] : cron.trim().split(/ +/);
  if (parts.length !== FIELDS.length) {
    throw invalidInput(
      field,
      'fiveFields',
      `${field} has five fields with a space between them, minute, hour, day of the month, month and day of the week ` +
        `("0 3 * * *": every day at 3), ${CRON_MAX} characters at most: write it so.`,
    );
  }
  for (const [index, [meaning, form]] of FIELDS.entries()) {
    if (form.test(parts[index] ?? '')) continue;
    throw invalidInput(
      field,
      'cronField',
      `${field}: field ${index + 1} takes ${meaning}, "*", lists ("1,15"), ranges ("1-5") and steps ("*/10"): change it.`,
    );
  }
  try {
    CronExpressionParser.parse(cron, { tz: 'UTC' }).next();
  } catch (error) {
    if (error instanceof Error && /day of month/.test(error.message)) {
      throw invalidInput(field, 'possibleDate', `${field} names a day that no month of it has: choose another day.`);
    }
    throw invalidInput(
      field,
      'cronField',
      `${field}: a number is out of its range (minutes 0-59, hours 0-23, days 1-31, months 1-12, days of the week ` +
        '0-7), a range runs backwards, or a step is 0: change it.',
    );
  }
}

/** Requires the name of a time zone in the IANA database. */
export function checkTimeZone(field: string, timeZone: string): void {
  if (timeZone.length <= 64 && readTimeZone(timeZone) !== null) return;
  throw invalidInput(
    field,
    'timeZone',
    `${field} must be the name of a time zone in the IANA database, such as "Europe/Berlin" or "UTC": choose one.`,
  );
}
