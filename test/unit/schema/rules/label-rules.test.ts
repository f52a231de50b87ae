import { describe, expect, it } from 'vitest';
import { buildLabelRecord, checkLabels } from '../../../../schema/rules/label-rules.ts';
import { HOSTILE_TEXTS } from '../../../support/hostile-texts.ts';
import { brokenRule, refusal } from './broken-rule.ts';

const one = (key: string, value = '') => brokenRule(() => checkLabels('labels', [{ key, value }]));

describe('labels', () => {
  it.each(['team', 'Team', 'a', '0', 'app.kubernetes.io/name', 'a_b.c-d', 'k'.repeat(63), `${'d'.repeat(63)}.io/k`])(
    'accept the key %s',
    (key) => {
      expect(one(key)).toBeNull();
    },
  );

  it.each([
    '',
    '-a',
    'a-',
    '/a',
    'a/',
    'a/b/c',
    'A.io/k',
    'k'.repeat(64),
    `${'d'.repeat(64)}/k`,
    'a b',
    'ключ',
    '__proto__',
  ])('refuse the key %j', (key) => {
    expect(one(key)).toBe('labels: labelKey');
  });

  it('refuse a domain longer than DNS has', () => {
    const domain = `${'a.'.repeat(127)}a`;
    expect(one(`${domain.slice(2)}/k`)).toBeNull();
    expect(one(`${domain}/k`)).toBe('labels: labelKey');
  });

  it('accept an empty value, and no hostile one', () => {
    expect(one('k', '')).toBeNull();
    const accepted = HOSTILE_TEXTS.filter((text) => text !== '' && one('k', text) === null);
    expect(accepted).toEqual(['Orders', 'ORDERS', '9orders', 'orders_1', 'orders.1']);
  });

  it('name a label by its place, not by what a hostile key holds', () => {
    const key = `x${'\n'.repeat(3)}`;
    const message = refusal(() =>
      checkLabels('labels', [
        { key: 'ok', value: '' },
        { key, value: '' },
      ]),
    );
    expect(message).toMatch(/^Label 2:/);
    expect(message).not.toContain(key);
  });

  it('refuse a key given twice, and more than 64', () => {
    const pair = { key: 'k', value: 'v' };
    expect(brokenRule(() => checkLabels('labels', [pair, pair]))).toBe('labels: uniqueKeys');
    const many = Array.from({ length: 65 }, (_, index) => ({ key: `k${index}`, value: '' }));
    expect(brokenRule(() => checkLabels('labels', many))).toBe('labels: maxCount');
    expect(brokenRule(() => checkLabels('labels', many.slice(1)))).toBeNull();
  });

  it('become a record that holds every key as its own, also one that objects inherit', () => {
    const record = buildLabelRecord([
      { key: 'constructor', value: 'a' },
      { key: 'team', value: 'b' },
    ]);
    expect(Object.entries(record)).toEqual([
      ['constructor', 'a'],
      ['team', 'b'],
    ]);
  });
});
