import { describe, expect, it } from 'vitest';
import { buildInputText } from '../../../src/services/commands/input-text.ts';

describe('the text of an input', () => {
  it('is the same for the same meaning: any order of fields, null and left out alike', () => {
    const one = { name: 'a', labels: { x: '1', y: '2' }, password: null, storageGib: undefined };
    const other = { labels: { y: '2', x: '1' }, name: 'a' };
    expect(buildInputText(one)).toBe(buildInputText(other));
  });

  it('differs for every other meaning', () => {
    const texts = [
      {},
      { a: '' },
      { a: '1' },
      { a: 1 },
      { a: false },
      { a: {} },
      { a: [] },
      { a: ['1', '2'] },
      { a: ['2', '1'] },
      { a: '1', b: '1' },
      { a: '1","b":"1' },
      { ab: '1' },
      { constructor: 'x' },
    ].map(buildInputText);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
