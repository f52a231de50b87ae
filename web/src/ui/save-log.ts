import { formatNumberOf } from '../format/numbers.ts';
import type { LogLines } from './log-lines.ts';

/** Has the browser save the lines with their times, and what is left out of them. */
export function saveLog(lines: LogLines, name: string): void {
  const texts = lines.all().map(({ at, text }) => `${at === null ? '' : `${at} `}${text}\n`);
  if (lines.forgotten > 0) texts.unshift(`... ${formatNumberOf(lines.forgotten, 'line')} before these left out ...\n`);
  const url = URL.createObjectURL(new Blob(texts, { type: 'text/plain' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
