import { formatExact, formatLogTime } from '../format/times.ts';
import type { ShownLine } from './log-lines.ts';

/** One line: when, its number where it has one that lasts, and what it says. */
export function LogRow({
  line,
  isNumbered,
  search,
  onLink,
}: {
  readonly line: ShownLine;
  readonly isNumbered: boolean;
  readonly search: string;
  readonly onLink: () => void;
}) {
  const at = line.at === null ? null : Date.parse(line.at);
  const time = at === null ? '' : formatLogTime(at);
  return (
    <>
      <button
        type="button"
        className="log-gutter"
        tabIndex={-1}
        disabled={line.line === 0}
        title={at === null ? undefined : `${formatExact(at)}. Click for a link to this line`}
        onClick={onLink}
      >
        <span className="log-time">{time}</span>
        {isNumbered && <span className="log-number">{line.line === 0 ? '' : line.line}</span>}
      </button>
      <span className={`log-text${line.line === 0 ? ' muted' : ''}`}>{mark(line.text, search)}</span>
    </>
  );
}

function mark(text: string, needle: string) {
  if (needle === '') return text;
  const at = text.toLowerCase().indexOf(needle.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + needle.length)}</mark>
      {text.slice(at + needle.length)}
    </>
  );
}
