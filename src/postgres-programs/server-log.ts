import { appendFile, copyFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { openPlainFile, readLines } from '../machine/line-reader.ts';

/** The log and its predecessor hold at most about twice this. */
const ROTATE_BYTES = 16 * 1024 * 1024;
const LAST_WORDS_BYTES = 16 * 1024;

const PREFIX = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC (?=\[\d+\])/;
const SEVERITY = /^(?:\[\d+\] )?(?:PANIC|FATAL|ERROR): +/;
const OF_SERVER = /^(?:\[\d+\] )?(?:PANIC|FATAL): +/;
const BEHIND = /^(?:\[\d+\] )?(DETAIL|HINT|CONTEXT|LOCATION|QUERY|STATEMENT): +(.*)/;
/** What stands before the words of any line. */
const LABEL = /^(?:\[\d+\] )?(?:[A-Z]+\d?: +)?/;

/** Splits a line of a server's log into its time, which the server writes in UTC, and the rest; no time: goes on. */
export function parseServerLogLine(line: string): { readonly at: Date | null; readonly text: string } {
  const match = PREFIX.exec(line);
  if (match === null) return { at: null, text: line };
  return { at: new Date(`${match[1]}T${match[2]}Z`), text: line.slice(match[0].length) };
}

/** Whether it is time to rotate the log. */
export async function isLogLarge(log: string, limitBytes = ROTATE_BYTES): Promise<boolean> {
  return ((await stat(log).catch(() => null))?.size ?? 0) > limitBytes;
}

/**
 * Moves a log that has grown large to `<log>.1` and empties it, while the server goes on appending to it. A reader that
 * stood somewhere in it finds the same offset in `<log>.1`. The caller holds the server's lock.
 */
export async function rotateServerLog(log: string, limitBytes = ROTATE_BYTES): Promise<void> {
  if (!(await isLogLarge(log, limitBytes))) return;
  const copy = `${log}.1.new`;
  try {
    await copyFile(log, copy);
    const copied = (await stat(copy)).size;
    const file = await openPlainFile(log);
    try {
      const { size: grown = copied } = (await file?.stat()) ?? {};
      const rest = Buffer.alloc(Math.max(0, grown - copied));
      await file?.read(rest, 0, rest.length, copied);
      await appendFile(copy, rest);
    } finally {
      await file?.close();
    }
    await rename(copy, `${log}.1`);
    await truncate(log, 0);
  } finally {
    await rm(copy, { force: true });
  }
}

/** What is said to an error, in the lines behind it up to the next that has words of its own. */
function readBehind(lines: readonly string[]): { readonly detail?: string; readonly hint?: string } {
  const said: { detail?: string; hint?: string } = {};
  for (const line of lines) {
    const [, label, text] = BEHIND.exec(line) ?? [];
    if (label === undefined) break;
    if (label === 'DETAIL') said.detail ??= text ?? '';
    if (label === 'HINT') said.hint ??= text ?? '';
  }
  return said;
}

/** What the server said last that tells why it is not up: its last error, with detail and hint where the server itself gave up; else its last line. Null when it said nothing. */
export async function readLastCause(log: string): Promise<string | null> {
  const file = await openPlainFile(log);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const lines: string[] = [];
    for await (const { text } of readLines(file, Math.max(0, size - LAST_WORDS_BYTES), true)) {
      lines.push(parseServerLogLine(text).text);
    }
    const at = lines.findLastIndex((line) => SEVERITY.test(line));
    const cause = lines[at] ?? lines.findLast((line) => line.trim() !== '');
    if (cause === undefined) return null;
    // Of an error of somebody's statement the detail has his rows.
    const { detail, hint } = OF_SERVER.test(cause) ? readBehind(lines.slice(at + 1)) : {};
    const said = cause.replace(LABEL, '');
    return `${said}${detail === undefined ? '' : `: ${detail}`}${hint === undefined ? '' : ` HINT: ${hint}`}`;
  } finally {
    await file.close();
  }
}
