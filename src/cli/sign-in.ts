import os from 'node:os';
import { endpointOf } from '../client/connect.ts';
import { graphql } from '../client/generated/index.ts';
import { createTransport, type TypedDocument } from '../client/transport.ts';

const LOG_IN = graphql(`mutation LogIn($input: LoginInput!) { login(input: $input) { viewer { name role } } }`);
const LOG_OUT = graphql(`mutation LogOut { logout { ok } }`);
const MAKE_TOKEN = graphql(`
  mutation MakeToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { token apiToken { id } } }
`);

const TOKEN_DAYS = 30;
const NAME_LENGTH = 100;

/** A fetch that keeps the cookies of one server as a browser does. */
function createCookieFetch(): typeof globalThis.fetch {
  const cookies = new Map<string, string>();
  return async (resource, init) => {
    const headers = new Headers(init?.headers);
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    // No redirection: a password goes to the server that was named and to no other.
    const response = await fetch(resource, { ...init, headers, redirect: 'error' });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=;\s]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
    return response;
  };
}

/** What signing in gives: a token of the user's own role and scope, which ends by itself. */
export interface SignedIn {
  readonly token: string;
  readonly tokenId: string;
}

/**
 * Signs in with a name and a password, makes a token for this machine that lasts 30 days, and ends the session: what is kept
 * on disk is neither the password nor worth more than the user may do. Throws ToygresError.
 */
export async function signIn(url: string, username: string, password: string): Promise<SignedIn> {
  const transport = createTransport({ url: endpointOf(url), token: () => null, fetch: createCookieFetch() });
  const request = async <Data, Variables>(document: TypedDocument<Data, Variables>, variables: Variables) =>
    (await transport.request(String(document), variables as Readonly<Record<string, unknown>>)) as Data;
  const { login } = await request(LOG_IN, { input: { username, password } });
  try {
    const name = `${username} (toygres login on ${os.hostname()})`.slice(0, NAME_LENGTH);
    const expiresAt = new Date(Date.now() + TOKEN_DAYS * 86_400_000).toISOString();
    const { createApiToken } = await request(MAKE_TOKEN, { input: { name, role: login.viewer.role, expiresAt } });
    return { token: createApiToken.token, tokenId: createApiToken.apiToken.id };
  } finally {
    await request(LOG_OUT, {}).catch(() => undefined);
  }
}
