import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import proxyaddr from 'proxy-addr';
import type { SessionCookies } from '../../../resolvers/ports/access.ts';
import type { RequestSource } from '../authenticator.ts';

/** The header that a page of another origin cannot send without being allowed to: with it a cookie is the user's own doing. */
const CLIENT_HEADER = 'x-toygres-client';
const DEVICE_SECONDS = 365 * 24 * 3600;

type CookieName = 'session' | 'device' | 'sign_in';

export interface RequestSourcesOptions {
  /** Where people reach the server; null: where the request says that it went. */
  readonly publicUrl?: string | null;
  /** Ranges of the proxies whose word is taken for where a request came from. */
  readonly trustedProxies?: readonly string[];
}

/** Reads where requests come from, and the cookies that they may use. */
export interface RequestSources {
  /** Whether an address is that of a proxy whose word is taken. */
  isProxy(address: string): boolean;
  /** Of a request: its cookie counts only with the header `X-Toygres-Client`. */
  ofRequest(request: IncomingMessage): RequestSource;
  /** Of the request that opens a WebSocket: its cookie counts with that header too, or with an Origin of this server. */
  ofSocket(request: IncomingMessage): RequestSource;
  /** Whether the request has a session's cookie that it may not use. */
  hasUnusedCookie(request: IncomingMessage): boolean;
  cookies(request: IncomingMessage, response: ServerResponse): SessionCookies;
  /** Has the browser keep something while it is away to sign in elsewhere. */
  keepSignIn(request: IncomingMessage, response: ServerResponse, kept: string, seconds: number): void;
  /** What it kept, once; null for a browser that keeps nothing. */
  takeSignIn(request: IncomingMessage, response: ServerResponse): string | null;
}

export function createRequestSources({ publicUrl = null, trustedProxies = [] }: RequestSourcesOptions): RequestSources {
  const trusts = proxyaddr.compile([...trustedProxies]);
  const publicOrigin = publicUrl === null ? null : new URL(publicUrl).origin;

  function isSecure(request: IncomingMessage): boolean {
    if (publicOrigin !== null) return publicOrigin.startsWith('https:');
    if ('encrypted' in request.socket && request.socket.encrypted === true) return true;
    const isProxied = trusts(request.socket.remoteAddress ?? '', 0);
    return (
      isProxied &&
      String(request.headers['x-forwarded-proto'] ?? '')
        .split(',')[0]
        ?.trim() === 'https'
    );
  }

  /** Under TLS by names that no other host, and no page without TLS, can set. */
  function nameOf(request: IncomingMessage, name: CookieName): string {
    return `${isSecure(request) ? '__Host-' : ''}toygres_${name}`;
  }

  function readCookie(request: IncomingMessage, name: CookieName): string | null {
    return parseCookie(request.headers.cookie ?? '')[nameOf(request, name)] || null;
  }

  function setCookie(
    request: IncomingMessage,
    response: ServerResponse,
    name: CookieName,
    value: string,
    maxAge: number,
  ): void {
    // Who comes back from a provider comes from another site.
    const sameSite = name === 'sign_in' ? 'lax' : 'strict';
    const attributes = { httpOnly: true, sameSite, secure: isSecure(request), path: '/', maxAge } as const;
    response.appendHeader('Set-Cookie', stringifySetCookie(nameOf(request, name), value, attributes));
  }

  function addressOf(request: IncomingMessage): string | null {
    return proxyaddr(request, trusts)?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;
  }

  function isOwnOrigin(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    if (origin === undefined || !URL.canParse(origin)) return false;
    // A page of the host that the cookie was sent to: it is the host's own.
    return new URL(origin).origin === publicOrigin || new URL(origin).host === host;
  }

  const hasHeader = (request: IncomingMessage) => Boolean(request.headers[CLIENT_HEADER]);

  function sourceOf(request: IncomingMessage, mayUseCookie: boolean): RequestSource {
    return { session: mayUseCookie ? readCookie(request, 'session') : null, address: addressOf(request) };
  }

  return {
    isProxy: (address) => trusts(address, 0),
    ofRequest: (request) => sourceOf(request, hasHeader(request)),
    ofSocket: (request) => sourceOf(request, hasHeader(request) || isOwnOrigin(request)),
    hasUnusedCookie: (request) => !hasHeader(request) && readCookie(request, 'session') !== null,
    keepSignIn: (request, response, kept, seconds) => setCookie(request, response, 'sign_in', kept, seconds),
    takeSignIn(request, response) {
      const kept = readCookie(request, 'sign_in');
      setCookie(request, response, 'sign_in', '', 0);
      return kept;
    },
    cookies(request, response) {
      const set = (name: CookieName, value: string, maxAge: number) =>
        setCookie(request, response, name, value, maxAge);
      return {
        session: readCookie(request, 'session'),
        device: readCookie(request, 'device'),
        open(session, device, expiresAt) {
          set('session', session, Math.max(0, Math.floor((expiresAt.getTime() - Date.now()) / 1000)));
          set('device', device, DEVICE_SECONDS);
        },
        close: () => set('session', '', 0),
      };
    },
  };
}
