import type { IncomingMessage } from 'node:http';

/** Schemes by which a proxy in front of the server asks a browser who it is; it sends the answer on with every request. */
const OF_PROXIES = /^(Basic|Digest|Negotiate|NTLM) /i;

/** The header `Authorization` of a request, unless it is for a proxy in front of this server: to this one it says nothing. */
export function readAuthorization({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const { authorization } = headers;
  return authorization !== undefined && OF_PROXIES.test(authorization) ? undefined : authorization;
}
