import type { ProgramEnd } from './run-program.ts';

/** What a server puts before each of its lines unless it is told otherwise: when, and which process. */
const LOG_PREFIX = /^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] /;
const ERROR_LINE = /(?:^|: )(?:ERROR|FATAL|PANIC|error|fatal|could not):? *(.*)/;
/** What went on all the same. */
const WARNING_LINE = /^[a-z_]+: warning: |^WARNING: /;
/** What is said to an error, behind it. */
const OF_SERVER = /^[a-z_]+: detail: Error message from server: (?:ERROR: +)?(.*)/;
const DETAIL_LINE = /^DETAIL: +(.*)/;
const HINT_LINE = /^(?:[a-z_]+: hint|HINT): *(.*)/;
/** Of something else. */
const NEXT = /^(?:LOG|WARNING|NOTICE|INFO|DEBUG\d?): /;

/** The last line that holds anything, or nothing. */
export function lastLine(lines: readonly string[]): string {
  return lines.findLast((line) => line.trim() !== '') ?? '';
}

/**
 * The first line that says error, fatal or panic, without the place where it was read, with what the server said of it, its
 * detail and its hint where those follow; else the last line; else nothing.
 */
export function firstError(lines: readonly string[]): string {
  const filled = lines.map((line) => line.replace(LOG_PREFIX, '')).filter((line) => line.trim() !== '');
  const at = filled.findIndex(isError);
  const line = filled[at];
  if (line === undefined) return filled.at(-1) ?? '';
  const marker = line.indexOf(': error: ');
  const found = (marker === -1 ? line : line.slice(marker + ': error: '.length))
    .replace(/^psql:.*?: /, '')
    .replace(/^psql: /, '');
  const { ofServer, detail, hint } = readBehind(filled.slice(at + 1));
  const said = [found, ofServer, detail].filter((text) => text !== undefined).join(': ');
  return hint === undefined ? said : `${said} HINT: ${hint}`;
}

const isError = (line: string) => ERROR_LINE.test(line) && !WARNING_LINE.test(line);

/** Up to the next that is said of something else. */
function readBehind(lines: readonly string[]) {
  let ofServer: string | undefined;
  let detail: string | undefined;
  let hint: string | undefined;
  for (const line of lines) {
    const server = OF_SERVER.exec(line)?.[1];
    if (server === undefined && (isError(line) || NEXT.test(line) || WARNING_LINE.test(line))) break;
    ofServer ??= server;
    detail ??= DETAIL_LINE.exec(line)?.[1];
    hint ??= HINT_LINE.exec(line)?.[1];
  }
  return { ofServer, detail, hint };
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
