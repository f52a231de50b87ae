import type { TocEntry } from '../toc/toc-entry.ts';

const LOGGED: ReadonlySet<string> = new Set([
  'TABLE DATA',
  'INDEX',
  'CONSTRAINT',
  'FK CONSTRAINT',
  'MATERIALIZED VIEW DATA',
  'BLOBS',
]);
const LAST: ReadonlySet<string> = new Set(['EVENT TRIGGER', 'MATERIALIZED VIEW DATA', 'STATISTICS DATA']);
const PARSED_ANEW: ReadonlySet<string> = new Set([
  'VIEW',
  'MATERIALIZED VIEW',
  'RULE',
  'TABLE',
  'DEFAULT',
  'INDEX',
  'POLICY',
  'CONSTRAINT',
  'CHECK CONSTRAINT',
  'TRIGGER',
  'DOMAIN',
  'FUNCTION',
  'PROCEDURE',
  'STATISTICS',
]);

/** What brings rows in, whose values may be computed on the way. */
export const isComputed = ({ kind }: TocEntry): boolean => kind === 'TABLE DATA' || kind === 'MATERIALIZED VIEW DATA';

/** Worth a line of the log. */
export const isLogged = ({ kind }: TocEntry): boolean => LOGGED.has(kind);

/** Event triggers, and what is said of them: they watch over what comes after them, and may refuse it. */
export const isEventTrigger = ({ kind, tag }: TocEntry): boolean =>
  kind === 'EVENT TRIGGER' || tag.startsWith('EVENT TRIGGER ');

/** What comes when all else is there. */
export const isLast = (entry: TocEntry): boolean => LAST.has(entry.kind) || isEventTrigger(entry);

/** What is parsed anew when it is made. */
export const isParsedAnew = ({ kind }: TocEntry): boolean => PARSED_ANEW.has(kind);

/**
 * By which names the object may be known, or the table that it belongs to: with its schema, as `schema.name`. What follows a
 * name in the dump's own words begins with a space or a parenthesis, which names may have as well.
 */
export function namesOf({ namespace, tag }: TocEntry): readonly string[] {
  const ends = [...tag.matchAll(/[ (]/g)].map(({ index }) => index);
  return [tag, ...ends.map((end) => tag.slice(0, end))].map((name) => `${namespace ?? ''}.${name}`);
}
