import { invalidInput } from '../errors.ts';

const NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** Characters that a name may have: Kubernetes objects carry an instance's with a suffix, blob paths an image's. */
export const INSTANCE_NAME_MAX = 40;
export const IMAGE_NAME_MAX = 63;

/** Whether a text has the form of a name of at most so many characters; what has not is nobody's name. */
export function isName(text: string, maxCharacters: number): boolean {
  return text.length <= maxCharacters && NAME.test(text);
}

/** Requires a name that Kubernetes, DNS, file systems and blob stores take as it is. */
export function checkName(field: string, name: string, maxCharacters: number): void {
  if (name.length === 0) throw invalidInput(field, 'required', 'The name is empty: choose one.');
  if (name.length > maxCharacters) {
    throw invalidInput(
      field,
      'length',
      `The name must have at most ${maxCharacters} characters: choose a shorter one.`,
    );
  }
  if (!NAME.test(name)) {
    throw invalidInput(
      field,
      'pattern',
      'The name must begin with a lower-case letter a-z, hold only lower-case letters, digits and "-", and not end ' +
        'with "-": choose another one.',
    );
  }
}
