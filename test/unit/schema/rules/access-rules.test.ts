import { describe, expect, it } from 'vitest';
import { checkTokenName, checkUsername } from '../../../../schema/rules/access-rules.ts';
import { brokenRule } from './broken-rule.ts';

describe.each([
  ['a user', checkUsername],
  ['a token', checkTokenName],
])('the name of %s, which stands where an actor is named', (_, check) => {
  const broken = (name: string) => brokenRule(() => check('name', name));

  it.each(['admin', 'Ann Müller', 'ann@example.com', '山田', 'ci 🐘', 'a'.repeat(63)])('may be %s', (name) => {
    expect(broken(name)).toBeNull();
  });

  it.each([
    ['a zero-width space', 'admin\u200b'],
    ['a joiner', 'ad\u200dmin'],
    ['a mark of an order of bytes', '\ufeffadmin'],
    ['an override of direction', '\u202enimda'],
    ['an isolate', 'admin\u2066'],
    ['a soft hyphen', 'ad\u00admin'],
    ['a filler', '\u3164'],
    ['a selector of a variation', 'admin\ufe00'],
    ['a tag', 'admin\u{e0041}'],
    ['an end of a line', 'admin\u2028'],
    ['a space before it', ' admin'],
    ['a space behind it', 'admin\u00a0'],
    ['another form of the same letters', 'Mu\u0308ller'],
  ])('holds not %s', (_what, name) => {
    expect(broken(name)).toBe('name: visible');
  });

  it.each([
    ['a line end', 'a\nb', 'name: noControlCharacters'],
    ['an escape', '\u001b[2J', 'name: noControlCharacters'],
    ['an escape of one byte', '\u009b2J', 'name: noControlCharacters'],
    ['a NUL', 'a\0', 'name: noControlCharacters'],
    ['half of a character', 'a\ud800', 'name: wellFormed'],
    ['nothing', '', 'name: length'],
    ['no end', 'a'.repeat(101), 'name: length'],
  ])('holds not %s', (_what, name, rule) => {
    expect(broken(name)).toBe(rule);
  });
});
