/** What is said of a text in a field for a time that is none. */
export const NO_TIME = 'This is no time: a year has four digits.';

/** A time as a field of the kind `datetime-local` has it: of this place, without a zone; empty without one. */
export function toLocalField(at: string | null | undefined): string {
  const time = new Date(at ?? '');
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The time in such a field; null for an empty one. A browser lets people write years that no time has: then it is none. */
export function readLocalField(text: string): { readonly at: string | null; readonly isNone: boolean } {
  if (text === '') return { at: null, isNone: false };
  const time = new Date(text);
  if (!/^\d{4}-/.test(text) || Number.isNaN(time.getTime())) return { at: null, isNone: true };
  return { at: time.toISOString(), isNone: false };
}
