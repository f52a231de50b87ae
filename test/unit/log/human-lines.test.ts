import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { formatForFiles, formatForPeople } from '../../../src/log/human-lines.ts';

const line = (entry: object) =>
  stripVTControlCharacters(formatForPeople(`${JSON.stringify({ time: '2026-11-28T01:02:03.004Z', ...entry })}\n`));

test('a line says when, what, and the facts', () => {
  expect(line({ level: 30, msg: 'takes work', worker: 'a', slots: 4 })).toBe('01:02:03 takes work worker=a slots=4\n');
});

test('what is worth a look says so, with its reason', () => {
  expect(line({ level: 40, msg: 'lost', err: { message: 'cut', stack: 'at x' } })).toBe(
    '01:02:03 warn lost\n         cut\n',
  );
  expect(line({ level: 50, msg: 'failed: cut', err: { message: 'cut' } })).toBe('01:02:03 error failed: cut\n');
});

test('what a stranger has put into it is shown and does nothing to the terminal', () => {
  const shown = formatForPeople(
    JSON.stringify({
      level: 30,
      time: '2026-11-28T01:02:03.004Z',
      msg: '\u001b]0;owned\u0007',
      by: '\u001b[2J',
      err: { message: 'a\u009b2J' },
    }),
  );
  expect(stripVTControlCharacters(shown)).toBe('01:02:03 \\x1b]0;owned\\x07 by=\\x1b[2J\n         a\\x9b2J\n');
});

test('what is no line of the log is passed on as it is', () => {
  expect(formatForPeople('Segmentation fault\n')).toBe('Segmentation fault\n');
});

test('a line does not read from right to left because a stranger wants it to', () => {
  expect(line({ level: 30, msg: 'a\u202eb\u2066c' })).toBe('01:02:03 a\\u202eb\\u2066c\n');
});

test('a line of a file means what was said, and does nothing to the terminal that shows it', () => {
  const entry = { msg: 'a\u009b2J\u007f \u202eb\u2028 \u001b[2J é 🐘' };
  const written = formatForFiles(`${JSON.stringify(entry)}\n`);
  expect(written).toBe('{"msg":"a\\u009b2J\\u007f \\u202eb\\u2028 \\u001b[2J é 🐘"}\n');
  expect(JSON.parse(written)).toEqual(entry);
});
