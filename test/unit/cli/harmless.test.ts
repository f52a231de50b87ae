import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { harmless } from '../../../src/cli/output/harmless.ts';
import { createOutput, type Format, printOne, printRows } from '../../../src/cli/output/print.ts';
import { createProgressView } from '../../../src/cli/progress-view.ts';

/** A window's title, a colour, a cleared screen in one character, a second line, and a line that reads from right to left. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[31m\u009b2J\r\nfine\u007f\u202egnp\u2066\u200f';
const ACTING = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** As a title is made bold. */
const withoutColours = (text: string) =>
  text.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', '').replaceAll('\u001b[31m', '');

function listen() {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  }) as unknown as NodeJS.WriteStream;
  return { stream, text: () => written.join('') };
}

it('is one line that shows what a stranger has put into it', () => {
  expect(harmless(HOSTILE)).toBe('\\x1b]0;owned\\x07\\x1b[31m\\x9b2J\\x0d\\x0afine\\x7f\\u202egnp\\u2066\\u200f');
  expect(harmless('Grüße, 世界 🐘 — שלום')).toBe('Grüße, 世界 🐘 — שלום');
});

it.each<Format>(['table', 'json', 'id'])('nothing that a command writes acts on the terminal: %s', (format) => {
  const [out, err] = [listen(), listen()];
  const output = createOutput(format, out.stream, err.stream);
  const row = { id: HOSTILE, name: HOSTILE, nested: { [HOSTILE]: HOSTILE } };
  printOne(output, row);
  printRows(output, [row], ({ id }) => id, [{ title: 'NAME', value: ({ name }) => name }]);
  output.data(`a line\nand ${HOSTILE}`);
  output.note(HOSTILE);
  for (const text of [out.text(), err.text()]) expect(withoutColours(text)).not.toMatch(ACTING);
});

it('JSON means what it did', () => {
  const out = listen();
  printOne(createOutput('json', out.stream, out.stream), { id: HOSTILE });
  expect(JSON.parse(out.text())).toEqual({ id: HOSTILE });
});

it.each([true, false])('nothing of an operation that is watched acts on the terminal (it is one: %s)', (isTTY) => {
  const { stream, text } = listen();
  Object.assign(stream, isTTY ? { isTTY, columns: 400, rows: 40 } : {});
  const view = createProgressView(stream);
  const none = { percent: 1, bytesDone: null, bytesTotal: null, bytesPerSecond: null, secondsLeft: null };
  const step = { position: 1, name: HOSTILE, startedAt: null, finishedAt: null };
  view.show({
    title: HOSTILE,
    percent: 1,
    state: 'RUNNING',
    steps: [
      { ...step, state: 'RUNNING', progress: { ...none, message: HOSTILE }, failure: null },
      { ...step, position: 2, state: 'FAILED', progress: null, failure: { message: HOSTILE } },
    ],
  });
  view.log(HOSTILE);
  view.finish();
  expect(text()).toContain('\\x1b]0;owned');
  expect(text()).not.toContain('\u001b]0;owned');
  for (const acting of ['\u0007', '\u009b', '\u007f', '\u202e', '\u2066', '\u200f', '\r\nfine']) {
    expect(text()).not.toContain(acting);
  }
});
