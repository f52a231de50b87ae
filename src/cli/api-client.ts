import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** An answer of the API that holds errors. `code` is that of the first. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }
}

interface GraphqlAnswer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** A client of the public GraphQL API: requests over HTTP, subscriptions over one WebSocket. */
export interface ApiClient {
  /** Throws ApiError for an answer with errors, and what fetch throws when nobody answers. */
  request<T>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  /** Values of the subscription's one field, until the server completes it. Throws ApiError. */
  subscribe<T>(document: string, variables: Readonly<Record<string, unknown>>): AsyncIterable<T>;
  stop(): Promise<void>;
}

function unwrap<T>(answer: GraphqlAnswer<T>): T {
  const first = answer.errors?.[0];
  if (first !== undefined) throw new ApiError(first.extensions?.code ?? 'INTERNAL', first.message);
  if (answer.data === undefined || answer.data === null) throw new ApiError('INTERNAL', 'the answer holds no data');
  return answer.data;
}

/** graphql-ws throws the list of errors of a refused subscription, or the event that closed the socket. */
function explainSubscriptionError(error: unknown): unknown {
  if (error instanceof Error) return error;
  if (Array.isArray(error)) {
    const [first] = error as NonNullable<GraphqlAnswer<never>['errors']>;
    return new ApiError(first?.extensions?.code ?? 'INTERNAL', first?.message ?? 'the subscription was refused');
  }
  const { code, reason } = error as { code?: number; reason?: string };
  return new ApiError('UNAVAILABLE', `the connection was closed (${code ?? 'no code'}${reason ? `: ${reason}` : ''})`);
}

/** Opens nothing yet; the WebSocket is opened by the first subscription. `url` ends in `/graphql`. */
export function createApiClient(url: string, token: string): ApiClient {
  const authorization = `Bearer ${token}`;
  const socket: Client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    keepAlive: 10_000,
  });
  return {
    async request<T>(document: string, variables = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', authorization },
        body: JSON.stringify({ query: document, variables }),
      });
      return unwrap((await response.json()) as GraphqlAnswer<T>);
    },
    async *subscribe<T>(document: string, variables: Readonly<Record<string, unknown>>) {
      try {
        for await (const answer of socket.iterate({ query: document, variables: { ...variables } })) {
          for (const value of Object.values(unwrap(answer as GraphqlAnswer<Record<string, T>>))) yield value;
        }
      } catch (error) {
        throw explainSubscriptionError(error);
      }
    },
    stop: async () => {
      await socket.dispose();
    },
  };
}
