import { describe, expect, it } from 'vitest';
import {
  applyLabelChange,
  buildLabelRecord,
  checkLabelChange,
  checkLabels,
} from '../../../../schema/rules/label-rules.ts';
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

describe('a change of labels', () => {
  const pair = { key: 'team', value: 'a' };

  it('is all of them, or some added and removed, never both', () => {
    for (const change of [{}, { labels: [pair] }, { addLabels: [pair], removeLabels: ['old'] }, { removeLabels: [] }]) {
      expect(brokenRule(() => checkLabelChange(change))).toBeNull();
    }
    expect(brokenRule(() => checkLabelChange({ labels: [], addLabels: [] }))).toBe('labels: onlyOneWay');
    expect(brokenRule(() => checkLabelChange({ labels: [], removeLabels: [] }))).toBe('labels: onlyOneWay');
  });

  it('has its keys in form, and none both added and removed', () => {
    expect(brokenRule(() => checkLabelChange({ addLabels: [pair, pair] }))).toBe('addLabels: uniqueKeys');
    expect(brokenRule(() => checkLabelChange({ removeLabels: ['-'] }))).toBe('removeLabels: labelKey');
    expect(brokenRule(() => checkLabelChange({ addLabels: [pair], removeLabels: ['team'] }))).toBe(
      'removeLabels: addedToo',
    );
    const many = Array.from({ length: 65 }, (_, index) => `k${index}`);
    expect(brokenRule(() => checkLabelChange({ removeLabels: many }))).toBe('removeLabels: maxCount');
  });

  it('leaves alone what it does not name, and counts what comes of it', () => {
    const present = { team: 'a', tier: 'gold' };
    expect(applyLabelChange(present, {})).toBeUndefined();
    expect(applyLabelChange(present, { labels: {} })).toEqual({});
    expect(applyLabelChange(present, { addLabels: { team: 'b' }, removeLabels: ['none', 'tier'] })).toEqual({
      team: 'b',
    });
    const full = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`k${index}`, '']));
    expect(brokenRule(() => applyLabelChange(full, { addLabels: { more: '' } }))).toBe('addLabels: maxCount');
    expect(applyLabelChange(full, { addLabels: { more: '' }, removeLabels: ['k0'] })).toHaveProperty('more');
  });
});
