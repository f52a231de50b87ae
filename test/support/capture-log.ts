import { pino } from 'pino';
import type { Logger } from '../../src/log/logger.ts';

/** A log that keeps its messages for the test. */
export function captureLog(): { readonly log: Logger; readonly messages: string[] } {
  const messages: string[] = [];
  const write = (line: string) => void messages.push(String(JSON.parse(line).msg));
  return { log: pino({ level: 'debug' }, { write }), messages };
}
