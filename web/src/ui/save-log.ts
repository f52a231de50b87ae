import { formatNumberOf } from '../format/numbers.ts';
import type { LogLines } from './log-lines.ts';

const PART_LINES = 5_000;

/** Has the browser save the lines with their times, and what is left out of them. */
export function saveLog(lines: LogLines, name: string): void {
  const all = lines.all();
  const texts =
    lines.forgotten > 0 ? [`... ${formatNumberOf(lines.forgotten, 'line')} before these left out ...\n`] : [];
  // Many at a time: a browser takes long over a hundred thousand parts.
  for (let from = 0; from < all.length; from += PART_LINES) {
    const part = all.slice(from, from + PART_LINES);
    texts.push(part.map(({ at, text }) => `${at === null ? '' : `${at} `}${text}\n`).join(''));
  }
  const url = URL.createObjectURL(new Blob(texts, { type: 'text/plain' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
