/** Where an image lies in the blob store, from its URL. */
export interface ImagePlace {
  /** Of the account, whatever its form: `https://account.blob...`, `http://host:port/account`; no slash at its end. */
  readonly account: string;
  readonly container: string;
  /** What the names of its blobs begin with, with a slash at its end. */
  readonly prefix: string;
}

/** What trials lie below. */
const TRIALS = '_trials';

/**
 * Splits `<account>/<container>/<image id>`, or `<account>/<container>/_trials/<job id>`; null when it is none.
 * It is read from its end: whether a path begins with the account is nothing that a host or a port would tell.
 */
export function readImagePlace(imageUrl: string): ImagePlace | null {
  if (!/^https?:\/\/[^?#]+[^?#/]$/.test(imageUrl) || !URL.canParse(imageUrl)) return null;
  const url = new URL(imageUrl);
  if (url.username !== '' || url.password !== '') return null;
  const parts = url.pathname.split('/').slice(1);
  if (parts.includes('')) return null;
  const prefix = parts.splice(parts.at(-2) === TRIALS ? -2 : -1);
  const container = parts.pop();
  if (container === undefined || container === TRIALS) return null;
  return { account: [url.origin, ...parts].join('/'), container, prefix: `${prefix.join('/')}/` };
}
