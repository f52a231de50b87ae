import { styleText } from 'node:util';

const NAMES: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
/** What a line says in its own way, or nobody reads in a terminal. */
const NOT_SHOWN = new Set(['level', 'time', 'msg', 'err']);

/** Control characters, and what turns the order of a line round. */
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A line of the log as a person reads it in a terminal: time, what is worth a look, the message, the facts. */
export function formatForPeople(line: string): string {
  const entry = parse(line);
  if (entry === null) return line;
  const {
    level = 30,
    time = '',
    msg = '',
    err,
  } = entry as {
    level?: number;
    time?: string;
    msg?: string;
    err?: { message?: string; stack?: string };
  };
  const clock = styleText('dim', time.slice(11, 19));
  const facts = Object.entries(entry)
    .filter(([name]) => !NOT_SHOWN.has(name))
    .map(([name, value]) => clean(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`));
  const worth =
    level >= 50 ? styleText('red', NAMES[level] ?? 'error') : level >= 40 ? styleText('yellow', 'warn') : null;
  const said = [clock, worth, clean(msg), facts.length === 0 ? null : styleText('dim', facts.join(' '))];
  const why = err?.message === undefined || msg.includes(err.message) ? '' : `\n         ${clean(err.message)}`;
  return `${said.filter((part) => part !== null).join(' ')}${why}\n`;
}

/** Servers and stores put into messages what they like: it is shown, and does nothing. */
function clean(text: string): string {
  return text.replace(CONTROL, (character) =>
    character > '\xff'
      ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** A line of JSON that means the same, and does nothing to the terminal of who reads the file. */
export function formatForFiles(line: string): string {
  return line.replace(CONTROL, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
