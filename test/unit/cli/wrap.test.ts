import { expect, it } from 'vitest';
import { wrapText } from '../../../src/cli/output/wrap.ts';

it('breaks a text between words, with the lines after the first below its words', () => {
  expect(wrapText('ok      queue: it answers at once', 24, 8)).toBe('ok      queue: it\n        answers at once');
});

it('keeps the spaces that a text begins with', () => {
  expect(wrapText('        look at the alerts', 20, 8)).toBe('        look at the\n        alerts');
});

it('leaves a text in one line for a program, and a word whole that is longer than a line', () => {
  expect(wrapText('one two three', null, 2)).toBe('one two three');
  expect(wrapText('see https://example.com/a/long/path now', 12, 2)).toBe(
    'see\n  https://example.com/a/long/path\n  now',
  );
});
