import { invalidInput } from '../schema/errors.ts';

/** By what a record is to be found. */
export type Lookup = { readonly by: 'id'; readonly id: string } | { readonly by: 'name'; readonly name: string };

/** Which of id and name a lookup goes by. Throws INVALID_INPUT unless exactly one is given; null is not given. */
export function readLookup(id: string | null | undefined, name: string | null | undefined): Lookup {
  if (id != null && name == null) return { by: 'id', id };
  if (name != null && id == null) return { by: 'name', name };
  throw invalidInput('id', 'exactlyOne', 'Give exactly one of id and name.');
}
