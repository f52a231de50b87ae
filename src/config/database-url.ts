/** RFC 3986 without what nobody writes in a database URL: each part holds only what needs no escape there, or an escape. */
const ESCAPED = "(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})";
const DATABASE_URL = new RegExp(
  `^postgres(?:ql)?://(?:(${ESCAPED}*)(?::((?:${ESCAPED}|:)*))?@)?` +
    `((?:${ESCAPED})*|\\[[0-9A-Fa-f:.]+\\])(?::(\\d{1,5}))?(?:/(${ESCAPED}*))?(?:\\?([^\\s#]*))?$`,
);

const ESCAPES = '":" is %3A, "/" %2F, "?" %3F, "#" %23, "[" %5B, "]" %5D, "@" %40, "%" %25, a space %20';

/**
 * What is wrong with a connection URL of PostgreSQL, in words that hold nothing of it; null for one that can be meant. A
 * password that was not escaped makes other parts of the URL out of itself, and those would be shown in messages.
 */
export function findUrlFault(url: string): string | null {
  if (!/^postgres(ql)?:\/\//.test(url)) return 'must be a postgresql:// URL';
  if (!DATABASE_URL.test(url) || !URL.canParse(url) || !canDecode(url)) {
    return `cannot be read: in a user or a password, ${ESCAPES}`;
  }
  return null;
}

/**
 * The URL with what its `sslmode` means here: a certificate that is asked for is checked, with its name. The driver takes it so
 * today, with a warning at every start that it may mean less one day.
 */
export function sayTlsPlainly(url: string): string {
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}

/**
 * Why no token of Entra can be the password of this URL, in words that go on after its name and hold nothing of it; null where
 * one can, and for a URL with a password of its own, unless it `mustBe` a token's. A token goes as it is: over TLS alone, and
 * to whom the certificate says it is.
 */
export function findTokenFault(url: string | null, mustBe: boolean): string | null {
  if (url === null) return mustBe ? 'must be set with TOYGRES_DATABASE_LOGIN=entra' : null;
  if (findUrlFault(url) !== null) return null;
  const { username, password, searchParams } = new URL(url);
  if (password !== '' || searchParams.has('password')) {
    return mustBe ? 'has a password, and TOYGRES_DATABASE_LOGIN=entra takes a token for one: leave it out' : null;
  }
  if (username === '' && !searchParams.has('user'))
    return 'must name the identity as its user with TOYGRES_DATABASE_LOGIN=entra';
  // The driver takes the last of several.
  return searchParams.getAll('sslmode').join() === 'verify-full'
    ? null
    : 'must say sslmode=verify-full with TOYGRES_DATABASE_LOGIN=entra: a token goes over TLS alone';
}

/** `%E9` and its like are no UTF-8. */
function canDecode(url: string): boolean {
  try {
    decodeURIComponent(url.replace(/\?.*$/, ''));
    return true;
  } catch {
    return false;
  }
}
