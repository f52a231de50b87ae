import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandLine, curlLine, quoteWord } from '../../../web/src/format/command-line.ts';
import { readLocalField, toLocalField } from '../../../web/src/format/local-field.ts';
import { formatBytes, formatPercent } from '../../../web/src/format/numbers.ts';
import { becauseWords } from '../../../web/src/format/schedule-words.ts';
import { formatDuration, formatRelative } from '../../../web/src/format/times.ts';
import { apart, asSentence } from '../../../web/src/format/words.ts';

const HOSTILE = ["it's", '$(touch /tmp/x)', '`id`', 'a b', '"', '\\', '-- ;', 'ü\u202e', '*', '', '\n'];

describe('a text within a sentence', () => {
  it('turns nothing but itself round, and cannot end what holds it', () => {
    expect(apart('orders-1')).toBe('orders-1');
    expect(apart('\u202etxt.exe')).toBe('\u2068txt.exe\u2069');
    expect(apart('שלום\u2069 (\u202e')).toBe('\u2068שלום (\u2069');
  });
});

describe('what is copied into a shell', () => {
  it.each(HOSTILE)('%j is one word, and runs nothing', (text) => {
    const said = execFileSync('sh', ['-c', `printf '[%s]' ${quoteWord(text)}`]).toString();
    expect(said).toBe(`[${text}]`);
  });

  it('leaves plain words as they are', () => {
    expect(commandLine('image', 'create', 'nightly-1', '--instance', 'orders', null, ['--label', 'env=prod'])).toBe(
      'toygres image create nightly-1 --instance orders --label env=prod',
    );
  });

  it('sends with curl the document and its variables as they are', () => {
    const line = curlLine('http://127.0.0.1:8080/graphql', 'query Q($n: String) {\n  a\n}', { n: "it's $(id)" });
    const printing = line.replace(/^curl/, "printf '%s\\n'");
    const words = execFileSync('sh', ['-c', printing], { env: { ...process.env, TOYGRES_TOKEN: 'token' } }).toString();
    expect(words).toContain('Authorization: Bearer token');
    expect(words).toContain(JSON.stringify({ query: 'query Q($n: String) { a }', variables: { n: "it's $(id)" } }));
    expect(curlLine('u', 'subscription S { a }', {})).toContain('text/event-stream');
  });
});

describe('a field for a time', () => {
  it('gives back the time that it was given, to the minute', () => {
    const at = '2027-03-01T02:15:00.000Z';
    expect(readLocalField(toLocalField(at))).toEqual({ at, isNone: false });
    expect(readLocalField(toLocalField(null))).toEqual({ at: null, isNone: false });
  });

  it.each(['12026-01-01T00:00', '275760-12-31T23:59', '+012026-01-01T00:00', 'soon'])('%s is no time', (text) => {
    expect(readLocalField(text)).toEqual({ at: null, isNone: true });
  });
});

describe('what people read', () => {
  it.each([
    [350, '350 ms'],
    [4_200, '4.2 s'],
    [59_999, '59 s'],
    [250_000, '4 min 10 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%d ms is %s', (ms, words) => expect(formatDuration(ms)).toBe(words));

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [4_509_715_661, '4.2 GiB'],
    [null, '–'],
  ])('%j bytes are %s', (bytes, words) => expect(formatBytes(bytes)).toBe(words));

  it('is at 100 % at the end alone', () => {
    expect([99.97, 100].map(formatPercent)).toEqual(['99 %', '100 %']);
  });

  it('tells the past from what comes', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(
      [now - 1_000, now - 180_000, now + 7_200_000, now - 400_000_000].map((at) => formatRelative(at, now)),
    ).toEqual(['just now', '3 min ago', 'in 2 h', '4 days ago']);
  });
});

it('why an image stays reads as people say it', () => {
  expect(becauseWords(['It is the newest image of its instance.', 'keepDaily: 7', 'keepLast: 3', 'keepDays: 1'])).toBe(
    'It is the newest image of its instance; 7 daily; 3 last; all of 1 day',
  );
});

describe('a message of the server', () => {
  it('is a sentence of its own, and a statement at its end stays as it can be run', () => {
    expect(asSentence('databases that take no connections cannot be dumped')).toBe(
      'Databases that take no connections cannot be dumped.',
    );
    expect(asSentence('free it with SELECT pg_terminate_backend(7280);')).toBe(
      'Free it with SELECT pg_terminate_backend(7280);',
    );
    expect(asSentence('pg_dump: error: no room.')).toBe('pg_dump: error: no room.');
  });
});
