/** Where an image lies in the blob store, from its URL. */
export interface ImagePlace {
  /** Of the account: `https://account.blob...`, or `http://host:port/account` of an emulator; no slash at its end. */
  readonly account: string;
  readonly container: string;
  /** What the names of its blobs begin with, with a slash at its end. */
  readonly prefix: string;
}

/** Splits `https://account.../container/<image id>`, or a place of two parts as trials have; null when it is none. */
export function readImagePlace(imageUrl: string): ImagePlace | null {
  if (!/^https?:\/\/[^?#]+[^?#/]$/.test(imageUrl) || !URL.canParse(imageUrl)) return null;
  const url = new URL(imageUrl);
  if (url.username !== '' || url.password !== '') return null;
  const parts = url.pathname.split('/').slice(1);
  // An emulator has the account in the path; a host name of Azure's holds it.
  const isEmulator = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]|localhost|[^.]+)$/i.test(url.hostname) || url.port !== '';
  const [account, container, ...rest] = isEmulator ? parts : ['', ...parts];
  if (container === undefined || container === '' || rest.length === 0 || rest.includes('')) return null;
  return {
    account: `${url.origin}${account === undefined || account === '' ? '' : `/${account}`}`,
    container,
    prefix: `${rest.join('/')}/`,
  };
}
