import type { ProgramEnd } from './run-program.ts';

const ERROR_LINE = /(?:^|: )(?:ERROR|FATAL|PANIC|error|fatal|could not):? *(.*)/;
/** What went on all the same. */
const WARNING_LINE = /^[a-z_]+: warning: |^WARNING: /;
const DETAIL_LINE = /^[a-z_]+: detail: Error message from server: (?:ERROR: +)?(.*)|^DETAIL: +(.*)/;

/** The last line that holds anything, or nothing. */
export function lastLine(lines: readonly string[]): string {
  return lines.findLast((line) => line.trim() !== '') ?? '';
}

/**
 * The first line that says error, fatal or panic, without the place where it was read, and what the server said of it where
 * that follows; else the last line; else nothing.
 */
export function firstError(lines: readonly string[]): string {
  const filled = lines.filter((line) => line.trim() !== '');
  const at = filled.findIndex((line) => ERROR_LINE.test(line) && !WARNING_LINE.test(line));
  const line = filled[at];
  if (line === undefined) return filled.at(-1) ?? '';
  const marker = line.indexOf(': error: ');
  const found = (marker === -1 ? line : line.slice(marker + ': error: '.length))
    .replace(/^psql:.*?: /, '')
    .replace(/^psql: /, '');
  const [, ofServer, detail] = DETAIL_LINE.exec(filled[at + 1] ?? '') ?? [];
  const more = ofServer ?? detail;
  return more === undefined ? found : `${found}: ${more}`;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** How a program failed: its own error line, or its exit status; with the signal where one ended it. */
export function describeEnd({ name, exitCode, signal, errorLines }: ProgramEnd): string {
  const error = firstError(errorLines);
  if (signal !== null) {
    return `${name} was ended by signal ${SIGNAL_NUMBERS[signal] ?? signal}${error === '' ? '' : `: ${error}`}`;
  }
  return error === '' ? `${name} ended with exit status ${exitCode}` : error;
}
