import type { PlatformLogLine } from '../../jobs/ports/platform/jobs.ts';

/** One line of a kept log: number, time (RFC 3339 or `-`), text, with tabs between. */
export function formatLogLine(line: PlatformLogLine): string {
  return `${line.line}\t${line.at?.toISOString() ?? '-'}\t${line.text.replaceAll('\n', '\u240a')}\n`;
}

/** The line again, or null for what is none (the end of a log that was cut). */
export function parseLogLine(text: string, attempt: number): PlatformLogLine | null {
  // A number that the API could not tell is none of ours.
  const match = /^(\d{1,9})\t([^\t]*)\t(.*)$/s.exec(text);
  if (!match) return null;
  const [, line, at, rest] = match;
  const time = new Date(at ?? '');
  return { line: Number(line), attempt, at: Number.isNaN(time.getTime()) ? null : time, text: rest ?? '' };
}

// A line without an end must not fill the memory.
const LONGEST_LINE = 1 << 20;

/** The lines of a stream of UTF-8 bytes without their ends; holds one line at a time and cuts those beyond 1 MiB. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
