import type { StoredFailure } from '../../drizzle/tables/shapes.ts';
import type { Json } from '../../jobs/ports/json.ts';
import type { FindingFacts } from '../../schema/rules/finding-rules.ts';

/** Enough for any cause in words; what a program printed beyond it belongs into the job's log. */
const LONGEST = 4000;

/** Text as PostgreSQL can store it: without the NUL characters that neither text nor jsonb takes, and not endless. */
export function storableText(text: string): string {
  const clean = text.replaceAll('\0', '');
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}...` : clean;
}

/** A failure as it is written to rows and events. */
export function storableFailure(failure: StoredFailure): StoredFailure {
  return { ...failure, message: storableText(failure.message) };
}

/** A value for a jsonb parameter; undefined becomes SQL's NULL, and JSON's own null stays one. */
export function jsonParameter(value: Json | object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** The same for a finding. */
export function storableFinding({ message, database, object, remedy, ...rest }: FindingFacts): FindingFacts {
  const word = (text: string | null) => (text === null ? null : storableText(text));
  return {
    ...rest,
    message: storableText(message),
    database: word(database),
    object: word(object),
    remedy: word(remedy),
  };
}
