/**
 * Secrets of a job that only the part which moves files may see, by name: grants for the blob store, the key that the image's
 * files are encrypted with, and who signs in to a proxy. The part in which code of a tenant may run never has them.
 */
export const MOVER_SECRETS: readonly string[] = ['sas', 'read-sas', 'file-key', 'proxies'];

/**
 * A download of so many files is signed for each of them; of more, as only images of before there were packs have, for the
 * whole container.
 */
export const SIGNED_EACH_AT_MOST = 1_000;

/** The secret that is the key of an encrypted image's files: an identity of the age format. */
export const FILE_KEY = 'file-key';

/** The secret in which the proxies are by which the store is reached, as JSON of environment variables. */
export const PROXIES = 'proxies';
