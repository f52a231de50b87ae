import { MASK, maskStatement } from './mask-statement.ts';

/** What the next line of a statement begins in. */
type Place =
  | { readonly kind: 'outside' }
  /** After the word PASSWORD, before what it is. */
  | { readonly kind: 'before' }
  /** Within it, up to what closes it. */
  | { readonly kind: 'within'; readonly close: RegExp };

const OUTSIDE: Place = { kind: 'outside' };
const QUOTED = /(?:[^'\\]|''|\\.)*?'(?!')/y;
const WORD = /\bpassword\b/gi;
/** What may stand between the word and its value. */
const BETWEEN = /(?:\s|=|\/\*.*?\*\/|--.*$)*/y;
const OPENS = /(?:E|U&)?'|\$\w*\$/iy;

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function closeOf(opened: string): RegExp {
  return opened.endsWith("'") ? QUOTED : new RegExp(`.*?${opened.replaceAll('$', '\\$')}`, 'y');
}

/** One line, from a place within a statement to the next line's. What is masked is never found again, only passed over. */
function maskFrom(text: string, place: Place): readonly [masked: string, place: Place] {
  let [shown, at, now] = ['', 0, place];
  for (;;) {
    if (now.kind === 'outside') {
      WORD.lastIndex = at;
      const found = WORD.exec(text);
      if (found === null) return [shown + text.slice(at), OUTSIDE];
      shown += text.slice(at, WORD.lastIndex);
      at = WORD.lastIndex;
      now = { kind: 'before' };
    } else if (now.kind === 'before') {
      const between = match(BETWEEN, text, at) ?? '';
      shown += between;
      at += between.length;
      if (at === text.length) return [shown, now];
      const opened = match(OPENS, text, at);
      if (opened === null) now = OUTSIDE;
      else {
        shown += `'${MASK}`;
        at += opened.length;
        now = { kind: 'within', close: closeOf(opened) };
      }
    } else {
      const rest = match(now.close, text, at);
      if (rest === null) return [at === 0 ? `\t${MASK}` : `${shown}'`, now];
      shown += "'";
      at += rest.length;
      now = OUTSIDE;
    }
  }
}

/** A statement of several lines goes on in lines that begin so: PostgreSQL's elog.c, append_with_tabs. */
const GOES_ON = '\t';

/**
 * Masks the lines of one log as they come, one call a line, in order: what shows a password in one line, and what the line
 * before has begun. A log that is read from within a statement is masked as if the line before ended in the word PASSWORD.
 */
export function createLineMask(): (line: string) => string {
  let place: Place = { kind: 'before' };
  return (line) => {
    const [masked, next] = maskFrom(line, line.startsWith(GOES_ON) ? place : OUTSIDE);
    place = next;
    return maskStatement(masked);
  };
}
