import { createTransport } from '../client/transport.ts';

export { ToygresError as ApiError } from '../client/errors.ts';

/** A client of the public GraphQL API for documents of any kind: requests over HTTP, subscriptions over one WebSocket. */
export interface ApiClient {
  /** Throws ToygresError for an answer with errors, and when nobody answers. */
  request<T>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  /** Values of the subscription's one field, until the server completes it. Throws ToygresError. */
  subscribe<T>(document: string, variables: Readonly<Record<string, unknown>>): AsyncIterable<T>;
  stop(): Promise<void>;
}

/** Opens nothing yet; the WebSocket is opened by the first subscription. `url` ends in `/graphql`. */
export function createApiClient(url: string, token: string): ApiClient {
  const transport = createTransport({ url, token: () => token });
  return {
    request: async <T>(document: string, variables = {}) => (await transport.request(document, variables)) as T,
    async *subscribe<T>(document: string, variables: Readonly<Record<string, unknown>>) {
      for await (const answer of transport.subscribe(document, variables)) {
        for (const value of Object.values(answer as Record<string, T>)) yield value;
      }
    },
    stop: () => transport.close(),
  };
}
