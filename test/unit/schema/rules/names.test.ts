import { describe, expect, it } from 'vitest';
import { isUuid } from '../../../../schema/rules/id-rules.ts';
import { checkName, isName } from '../../../../schema/rules/name-rules.ts';
import { HOSTILE_TEXTS, randomTexts } from '../../../support/hostile-texts.ts';
import { brokenRule } from './broken-rule.ts';

/** The contract's own words. */
const CONTRACT = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

describe('names', () => {
  it.each(['a', 'a1', 'orders', 'a--b', 'a-b-c', `a${'0'.repeat(39)}`])('accepts %s', (name) => {
    expect(brokenRule(() => checkName('name', name, 40))).toBeNull();
  });

  it('refuses whatever has broken shells, YAML and SQL before', () => {
    const accepted = HOSTILE_TEXTS.filter((text) => brokenRule(() => checkName('name', text, 40)) === null);
    expect(accepted).toEqual([]);
  });

  it('names the rule: length, pattern or that it is missing', () => {
    expect(brokenRule(() => checkName('name', 'a'.repeat(41), 40))).toBe('name: length');
    expect(brokenRule(() => checkName('name', 'A', 40))).toBe('name: pattern');
    expect(brokenRule(() => checkName('name', '', 40))).toBe('name: required');
  });

  it('decides as the contract does for any text', () => {
    for (const text of randomTexts('ab09-_AZ. \né', 12, 5000)) {
      expect(brokenRule(() => checkName('name', text, 10)) === null, JSON.stringify(text)).toBe(
        CONTRACT.test(text) && text.length <= 10,
      );
      expect(isName(text, 10)).toBe(CONTRACT.test(text) && text.length <= 10);
    }
  });

  it('answers at once for a name of a megabyte', () => {
    expect(brokenRule(() => checkName('name', 'a-'.repeat(500_000), 63))).toBe('name: length');
  });
});

describe('ids', () => {
  it('are canonical UUIDs of either case', () => {
    expect(isUuid('0190a0b0-0000-7000-8000-00000000000f')).toBe(true);
    expect(isUuid('0190A0B0-0000-7000-8000-00000000000F')).toBe(true);
  });

  it('are no other text, not even what PostgreSQL would read as one', () => {
    const others = [
      ...HOSTILE_TEXTS,
      '{0190a0b0-0000-7000-8000-00000000000f}',
      '0190a0b000007000800000000000000f',
      '0190a0b0-0000-7000-8000-00000000000f\n',
      ' 0190a0b0-0000-7000-8000-00000000000f',
      '0190a0b0-0000-7000-8000-00000000000g',
    ];
    expect(others.filter(isUuid)).toEqual([]);
  });
});
