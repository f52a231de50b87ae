/** What is added to the name of a file that is encrypted. */
export const ENCRYPTED_SUFFIX = '.age';
