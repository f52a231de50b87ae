import { describe, expect, it } from 'vitest';
import { checkCron, checkTimeZone } from '../../../../schema/rules/cron-rules.ts';
import {
  checkCreateSchedule,
  checkRetention,
  checkRetentionPreview,
  checkUpdateSchedule,
} from '../../../../schema/rules/schedule-rules.ts';
import { HOSTILE_TEXTS } from '../../../support/hostile-texts.ts';
import { brokenRule } from './broken-rule.ts';

const cron = (text: string) => brokenRule(() => checkCron('cron', text));
const zone = (text: string) => brokenRule(() => checkTimeZone('timeZone', text));

describe('cron', () => {
  it.each(['0 3 * * *', '*/5 * * * *', '0 0 29 2 *', '1,31 0-4/2 1-7 jan,JUL mon-fri', '0 3 * * 7', ' 0 3 * * * '])(
    'takes %j',
    (text) => {
      expect(cron(text)).toBeNull();
    },
  );

  it.each(['', '@daily', '0 3 * *', '0 0 3 * * *', '0\t3\n* * *', '* '.repeat(200)])(
    'refuses %j for its fields',
    (text) => {
      expect(cron(text)).toBe('cron: fiveFields');
    },
  );

  it.each([
    '60 3 * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '*/0 * * * *',
    '30-10 * * * *',
    'H H * * *',
    '0 3 L * *',
    '0 3 ? * *',
    '0 3 * * 5#2',
    '0 3 * foo *',
    '-1 * * * *',
  ])('refuses %j for a field', (text) => {
    expect(cron(text)).toBe('cron: cronField');
  });

  it.each(['0 0 30 2 *', '0 0 31 4 *', '0 0 31 4,6,9,11 *'])('refuses %j, which never comes', (text) => {
    expect(cron(text)).toBe('cron: possibleDate');
  });

  it('takes no hostile text, and repeats none', () => {
    expect(HOSTILE_TEXTS.filter((text) => cron(text) === null)).toEqual([]);
    expect(HOSTILE_TEXTS.filter((text) => zone(text) === null)).toEqual([]);
  });
});

describe('a time zone', () => {
  it('is one of the IANA database', () => {
    for (const name of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])
      expect(zone(name)).toBeNull();
    for (const name of ['', '+02:00', 'Mars/Phobos', 'Europe/Berlin\0', ' UTC', 'x'.repeat(10_000)]) {
      expect(zone(name)).toBe('timeZone: timeZone');
    }
  });
});

describe('a retention', () => {
  const retention = (rules: object) => brokenRule(() => checkRetention('retention', rules));

  it('says something to keep', () => {
    expect(retention({ keepLast: 1 })).toBeNull();
    expect(retention({ keepDaily: 7, keepYearly: null })).toBeNull();
    expect(retention({})).toBe('retention: atLeastOneRule');
    expect(retention({ keepLast: null })).toBe('retention: atLeastOneRule');
  });

  it('counts from 1 on', () => {
    for (const keepDaily of [0, -1, 1.5, Number.NaN, 1e9]) {
      expect(retention({ keepLast: 1, keepDaily })).toBe('retention.keepDaily: range');
    }
  });
});

describe('a schedule', () => {
  const good = { name: 'nightly', cron: '0 3 * * *', retention: { keepLast: 1 } };

  it('is of labels or of one instance', () => {
    expect(brokenRule(() => checkCreateSchedule({ ...good, selector: [] }))).toBeNull();
    expect(brokenRule(() => checkCreateSchedule({ ...good, instanceId: 'x' }))).toBeNull();
    expect(brokenRule(() => checkCreateSchedule(good))).toBe('selector: exactlyOne');
    expect(brokenRule(() => checkCreateSchedule({ ...good, selector: [], instanceId: 'x' }))).toBe(
      'selector: exactlyOne',
    );
  });

  it('is changed by the same rules', () => {
    expect(brokenRule(() => checkUpdateSchedule({ cron: null, drillEvery: null }))).toBeNull();
    expect(brokenRule(() => checkUpdateSchedule({ name: 'A' }))).toBe('name: pattern');
    expect(brokenRule(() => checkUpdateSchedule({ concurrency: 101 }))).toBe('concurrency: range');
    expect(brokenRule(() => checkUpdateSchedule({ retention: {} }))).toBe('retention: atLeastOneRule');
  });

  it('or an instance is what a preview is of', () => {
    expect(brokenRule(() => checkRetentionPreview({}))).toBe('scheduleId: atLeastOne');
    expect(brokenRule(() => checkRetentionPreview({ instanceId: 'x', retention: { keepLast: 0 } }))).toBe(
      'retention.keepLast: range',
    );
  });
});
