import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineFilter } from '../../../../src/runner/attempt/line-filter.ts';

/** Halves of characters, too. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

describe('what a line may show', () => {
  test('holds no secret of six characters and more, wherever it stands and whatever it is made of', () => {
    const isFit = (text: string) => !/[\r\n\0*]/.test(text);
    const secret = fc.string({ unit: anyUnit, minLength: 6, maxLength: 40 }).filter(isFit);
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.string(),
        fc.string(),
        (secrets, before, after) => {
          const filter = createLineFilter(secrets);
          for (const one of secrets) expect(filter(`${before}${one}${after}`)).not.toContain(one);
        },
      ),
    );
  });

  test('of two secrets of which one is a part of the other neither shows', () => {
    expect(createLineFilter(['hunter22', 'hunter2222'])('a hunter2222 b hunter22 c')).toBe('a *** b *** c');
  });

  test('of a secret of several lines each line is masked; short ones are words that may stand anywhere', () => {
    const filter = createLineFilter(['first line\nsecond line\nabc']);
    expect(filter('x second line y abc')).toBe('x *** y abc');
  });

  test.each([
    ['https://a/b?sv=1&sig=AbC%2Fd%3D&se=2', 'https://a/b?sv=1&sig=***&se=2'],
    ['SIG=xyz "sig=q/w+e=" sig%3Dabc', 'sig=*** "sig=***" sig=***'],
    ['a design=none and a signature stay', 'a design=none and a signature stay'],
  ])('%s shows no signature', (line, shown) => {
    expect(createLineFilter([])(line)).toBe(shown);
  });

  test('a line of the log is cut, one for the control plane is not', () => {
    const filter = createLineFilter([]);
    expect(filter('x'.repeat(100_000))).toBe(`${'x'.repeat(65_536)} [cut]`);
    const result = `::toygres:: result {"a":"${'x'.repeat(100_000)}"}`;
    expect(filter(result)).toBe(result);
  });
});
