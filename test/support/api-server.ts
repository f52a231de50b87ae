import { type Client, createClient } from 'graphql-ws';
import { pino } from 'pino';
import WebSocket from 'ws';
import type { Finding } from '../../resolvers/ports/queries.ts';
import type { Services } from '../../resolvers/services.ts';
import { createGraphqlServer, type GraphqlServerOptions } from '../../src/api/server.ts';
import { createAuthenticator } from '../../src/auth/authenticator.ts';
import type { Answer } from './api-execution.ts';

export const TOKEN = 'a-token-of-the-tests-0123456789';

export interface ApiServer {
  readonly url: string;
  /** What was logged so far, one JSON text a line. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** The API over real sockets of this machine, on a free port. */
export async function startApi(
  services: Services,
  ready: () => Promise<readonly Finding[]> = async () => [],
  further: Partial<GraphqlServerOptions> = {},
): Promise<ApiServer> {
  const log: string[] = [];
  const server = createGraphqlServer({
    services: () => services,
    auth: createAuthenticator({ token: TOKEN, username: 'admin' }),
    log: pino({ level: 'trace', base: null }, { write: (line: string) => log.push(line) }),
    ready: { find: ready, showsDetails: async () => true },
    version: '1.2.3',
    ...further,
  });
  const { port } = await server.listen(0, '127.0.0.1');
  return { url: `http://127.0.0.1:${port}`, log, stop: () => server.stop() };
}

export interface HttpAnswer extends Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends a request as any HTTP client would, with the token unless told otherwise. */
export async function send(
  url: string,
  body: unknown,
  { headers = {}, token = TOKEN }: { headers?: Record<string, string>; token?: string | null } = {},
): Promise<HttpAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const { data = null, errors = [] } = JSON.parse(text);
  return { status: response.status, headers: response.headers, text, data, errors };
}

/** A client of subscriptions that does not try again. */
export function connect(
  url: string,
  { token = TOKEN, ...rest }: { token?: string; webSocketImpl?: unknown } = {},
): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    ...rest,
  });
}
