import { pino } from 'pino';
import type { Logger } from '../../src/log/logger.ts';

/** A log that keeps its messages for the test. */
export function captureLog(): { readonly log: Logger; readonly messages: string[] } {
  const messages: string[] = [];
  const write = (line: string) => void messages.push(String(JSON.parse(line).msg));
  return { log: pino({ level: 'debug' }, { write }), messages };
}

/** The same with all that stands in each line, of what an installation shows by default. */
export function captureLines(): { readonly log: Logger; readonly lines: { level: string; msg: string }[] } {
  const lines: { level: string; msg: string }[] = [];
  const formatters = { level: (level: string) => ({ level }) };
  const log = pino({ level: 'info', formatters }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}
