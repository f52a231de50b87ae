import { ENCRYPTED_SUFFIX } from '../../secrets/age/suffix.ts';

/** What the worker calls a file that stands so in the list of an image's files: the mover alone knows of encryption. */
export function withoutSealing(storedName: string): string {
  return storedName.endsWith(ENCRYPTED_SUFFIX) ? storedName.slice(0, -ENCRYPTED_SUFFIX.length) : storedName;
}
