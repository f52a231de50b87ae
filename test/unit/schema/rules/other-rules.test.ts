import { describe, expect, it } from 'vitest';
import { checkFilter } from '../../../../schema/rules/filter-rules.ts';
import { checkCreateImage, checkUpdateImage } from '../../../../schema/rules/image-rules.ts';
import { checkAfterSequence, checkLogRequest, checkPage } from '../../../../schema/rules/paging-rules.ts';
import { brokenRule } from './broken-rule.ts';

describe('createImage', () => {
  const create = (input: object) => brokenRule(() => checkCreateImage({ name: 'nightly', ...input }));

  it('takes a name of up to 63 characters', () => {
    expect(create({ name: 'a'.repeat(63) })).toBeNull();
    expect(create({ name: 'a'.repeat(64) })).toBe('name: length');
  });

  it('takes a description of several lines, up to 1000 characters, without other control characters', () => {
    expect(create({ description: 'before the\tmigration\r\nof May' })).toBeNull();
    expect(create({ description: '' })).toBeNull();
    expect(create({ description: 'é'.repeat(1000) })).toBeNull();
    expect(create({ description: 'é'.repeat(1001) })).toBe('description: length');
    expect(create({ description: 'nul\0' })).toBe('description: noControlCharacters');
    expect(create({ description: '\u001b[31mred' })).toBe('description: noControlCharacters');
    expect(create({ description: '\udc00' })).toBe('description: wellFormed');
  });

  it('checks labels and key as everywhere', () => {
    expect(create({ labels: [{ key: ' ', value: '' }] })).toBe('labels: labelKey');
    expect(create({ idempotencyKey: '' })).toBe('idempotencyKey: length');
  });
});

describe('the expiry of an image', () => {
  const now = Date.UTC(2026, 2, 1);

  it('lies ahead, and where RFC 3339 has a name for it', () => {
    const expiring = (expiresAt: Date | null) => brokenRule(() => checkUpdateImage({ expiresAt }, now));
    for (const moment of [new Date(now + 1), new Date('9999-12-31T23:59:59.999Z'), null])
      expect(expiring(moment)).toBeNull();
    for (const moment of [new Date(now), new Date(now - 1), new Date(8.64e15), new Date(Number.NaN)])
      expect(expiring(moment)).toBe('expiresAt: toCome');
    expect(brokenRule(() => checkCreateImage({ name: 'a', expiresAt: new Date(now) }, now))).toBe('expiresAt: toCome');
  });
});

describe('pages and logs', () => {
  it('have 1 to 100 rows', () => {
    for (const first of [1, 20, 100]) expect(brokenRule(() => checkPage(first))).toBeNull();
    for (const first of [0, -1, 101, 1.5, Number.NaN]) expect(brokenRule(() => checkPage(first))).toBe('first: range');
  });

  it('have at most 10,000 lines', () => {
    expect(brokenRule(() => checkLogRequest({}))).toBeNull();
    expect(brokenRule(() => checkLogRequest({ tailLines: null, afterLine: null }))).toBeNull();
    expect(brokenRule(() => checkLogRequest({ tailLines: 10_000, afterLine: 0 }))).toBeNull();
    expect(brokenRule(() => checkLogRequest({ tailLines: 10_001 }))).toBe('tailLines: range');
    expect(brokenRule(() => checkLogRequest({ tailLines: -1 }))).toBe('tailLines: range');
    expect(brokenRule(() => checkLogRequest({ afterLine: -1 }))).toBe('afterLine: range');
  });

  it('are followed after no negative sequence', () => {
    expect(brokenRule(() => checkAfterSequence(0))).toBeNull();
    expect(brokenRule(() => checkAfterSequence(-1))).toBe('after: range');
  });
});

describe('filters', () => {
  it('take any part of a name that PostgreSQL can compare', () => {
    expect(brokenRule(() => checkFilter({ nameContains: '%_\\', labels: [{ key: 'a', value: '' }] }))).toBeNull();
    expect(brokenRule(() => checkFilter({ nameContains: 'a\0' }))).toBe('nameContains: noControlCharacters');
    expect(brokenRule(() => checkFilter({ nameContains: 'a'.repeat(101) }))).toBe('nameContains: length');
    expect(brokenRule(() => checkFilter({ labels: [{ key: '', value: '' }] }))).toBe('labels: labelKey');
  });
});
