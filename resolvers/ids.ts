import { AppError } from '../schema/errors.ts';
import { isUuid } from '../schema/rules/id-rules.ts';

/** The id in the one form in which records hold it, or null for a text that cannot be the id of anything. */
export function readId(text: string): string | null {
  return isUuid(text) ? text.toLowerCase() : null;
}

/** The id of a filter: null when none is given, 'none' for a text that cannot be the id of anything. */
export function readOptionalId(text: string | null | undefined): string | 'none' | null {
  return text == null ? null : (readId(text) ?? 'none');
}

/** What ids are of, as messages call it. */
export type Noun = 'instance' | 'image' | 'operation' | 'job' | 'schedule' | 'user' | 'apiToken' | 'webhook';

/** The error for an id that names nothing; never holds the id, which may be anything of any length. */
export function notFound(noun: Noun, field: string): AppError {
  const where = noun === 'job' ? 'the jobs of its operation' : `the ${noun}s query`;
  const word = noun === 'apiToken' ? 'API token' : noun;
  return new AppError('NOT_FOUND', `There is no ${word} with this id: look it up in ${where}.`, { details: { field } });
}

/** The id that a mutation or subscription is given. Throws NOT_FOUND for a text that cannot be one. */
export function requireId(noun: Noun, field: string, text: string): string {
  const id = readId(text);
  if (id === null) throw notFound(noun, field);
  return id;
}
