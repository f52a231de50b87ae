import type { Command } from 'commander';
import type { RetentionInput } from '../../../client/connect.ts';
import { given, parseWhole } from '../../options.ts';

const RULES = {
  keepLast: 'the newest so many',
  keepHourly: 'the newest of each of the last so many hours',
  keepDaily: 'the newest of each of the last so many days',
  keepWeekly: 'the newest of each of the last so many weeks',
  keepMonthly: 'the newest of each of the last so many months',
  keepYearly: 'the newest of each of the last so many years',
  keepDays: 'all of the last so many days',
} as const;

const flagOf = (rule: string) => `--${rule.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export type RetentionOptions = { readonly [Rule in keyof typeof RULES]?: string };

/** Which images stay, an option a rule: an image stays that any of them wants. */
export function addRetentionOptions(command: Command): Command {
  for (const [rule, text] of Object.entries(RULES)) command.option(`${flagOf(rule)} <n>`, `keep ${text}`);
  return command;
}

/** What was given of them; undefined for none. Throws UsageError. */
export function readRetention(options: RetentionOptions): RetentionInput | undefined {
  const rules = Object.keys(RULES).map((rule) => [rule, parseWhole(flagOf(rule), options[rule as keyof typeof RULES])]);
  const retention = given(Object.fromEntries(rules) as RetentionInput);
  return Object.keys(retention).length === 0 ? undefined : (retention as RetentionInput);
}
