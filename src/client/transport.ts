import { type Client, createClient } from 'graphql-ws';
import { type GraphqlErrorLike, ToygresError, toError, UnauthenticatedError, UnreachableError } from './errors.ts';

/** A document with the types of its answer and its variables, as the generator writes it, or any text. */
export interface TypedDocument<Data, Variables> {
  toString(): string;
  readonly __apiType?: ((variables: Variables) => Data) | undefined;
}

export type Variables = Readonly<Record<string, unknown>>;

export interface TransportOptions {
  /** Ends in `/graphql`. */
  readonly url: string;
  /** A bearer token; null: the session cookie of a browser. Asked for anew at each connection. */
  readonly token: () => string | null | Promise<string | null>;
  /** How requests are sent; left out: by the fetch of whoever runs it. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long an answer is waited for, in ms. Default one minute. */
  readonly answerWithinMs?: number | undefined;
  /** Told when the WebSocket is there, and when it is not any more. */
  readonly onSocket?: ((state: 'open' | 'closed') => void) | undefined;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long this answer is waited for, in ms, where it is not as long as all are. */
  readonly withinMs?: number | undefined;
}

/** Requests over HTTP, subscriptions over one WebSocket that is open while there are any. */
export interface Transport {
  /** Throws UnreachableError also where nothing is heard for too long. */
  request(document: string, variables: Variables, options?: RequestOptions): Promise<unknown>;
  /** The answers of one subscription as they come. Throws UnreachableError when the connection breaks: it is not made anew. */
  subscribe(document: string, variables: Variables, signal?: AbortSignal): AsyncIterable<unknown>;
  close(): Promise<void>;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlErrorLike[];
}

/** Null for what is no answer of a GraphQL server. */
function readAnswer(text: string): Answer | null {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer)
      ? (answer as Answer)
      : null;
  } catch {
    return null;
  }
}

function unwrap({ data, errors }: Answer): unknown {
  if (errors !== undefined && errors.length > 0) throw toError(errors);
  if (data === undefined || data === null) throw new ToygresError('the answer holds no data', { code: 'INTERNAL' });
  return data;
}

function unreachable(url: string, why: string, cause?: unknown): UnreachableError {
  return new UnreachableError(`The server at ${url} cannot be reached (${why}).`, { code: 'UNAVAILABLE' }, { cause });
}

const REFUSED = 4401;
/** Closed by the server for good: trying again would be closed again. */
const FORBIDDEN = 4403;

/** What graphql-ws throws: errors of the document, an event that closed the socket, or what the network said. */
function explain(url: string, error: unknown): Error {
  if (error instanceof ToygresError) return error;
  if (Array.isArray(error)) return toError(error as readonly GraphqlErrorLike[]);
  const { code, reason, message } = error as { code?: unknown; reason?: string; message?: string };
  if (code === REFUSED || code === FORBIDDEN) {
    return new UnauthenticatedError(reason || 'The server refuses this token.', { code: 'UNAUTHENTICATED' });
  }
  return unreachable(url, reason || message || `the connection was closed with ${String(code ?? 'no code')}`, error);
}

/** A request is answered within moments; who waits longer waits for an answer that is lost. */
const ANSWER_MS = 60_000;
/** A server that does not answer a ping for so long is away, whatever the network says of the connection. */
const PONG_MS = 8_000;
/** The same of one that lets a connection be begun and says nothing then; a browser waits for minutes, or for ever. */
const CONNECT_MS = 10_000;

export function createTransport(options: TransportOptions): Transport {
  const { url, token, fetch = globalThis.fetch, answerWithinMs = ANSWER_MS, onSocket } = options;
  let socket: Client | null = null;
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const waitFor = (ms: number) => {
    clearTimeout(overdue);
    overdue = setTimeout(() => socket?.terminate(), ms);
  };
  const open = (): Client => {
    socket ??= createClient({
      url: url.replace(/^http/, 'ws'),
      connectionParams: async () => {
        const bearer = await token();
        return bearer === null ? {} : { authorization: `Bearer ${bearer}` };
      },
      keepAlive: 10_000,
      // Whoever follows something moves its cursor first; a repetition would show everything twice.
      retryAttempts: 0,
      on: {
        connecting: () => waitFor(CONNECT_MS),
        connected: () => {
          clearTimeout(overdue);
          onSocket?.('open');
        },
        ping: (received) => {
          if (received) clearTimeout(overdue);
          else waitFor(PONG_MS);
        },
        pong: (received) => {
          if (received) clearTimeout(overdue);
        },
        closed: () => {
          clearTimeout(overdue);
          onSocket?.('closed');
        },
      },
    });
    return socket;
  };
  return {
    async request(document, variables, { signal, withinMs = answerWithinMs } = {}) {
      const bearer = await token();
      const headers = {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        'x-toygres-client': 'toygres/client',
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      };
      const body = JSON.stringify({ query: document, variables });
      const tooLate = AbortSignal.timeout(withinMs);
      const end = signal ? AbortSignal.any([signal, tooLate]) : tooLate;
      const lost = (error: unknown): never => {
        if (signal?.aborted) throw signal.reason;
        if (tooLate.aborted) throw unreachable(url, `no answer within ${withinMs / 1000} s`, error);
        const cause = (error as { cause?: { code?: string; message?: string } }).cause;
        throw unreachable(url, cause?.code ?? cause?.message ?? 'no answer', error);
      };
      const response = await fetch(url, { method: 'POST', headers, body, signal: end }).catch(lost);
      const text = await response.text().catch(lost);
      const answer = readAnswer(text);
      if (answer === null) throw unreachable(url, `it answers with ${response.status} and no GraphQL`);
      return unwrap(answer);
    },

    async *subscribe(document, variables, signal) {
      const answers = open().iterate({ query: document, variables: { ...variables } });
      const leave = () => void answers.return?.(undefined);
      signal?.addEventListener('abort', leave, { once: true });
      try {
        for await (const answer of answers) yield unwrap(answer as Answer);
      } catch (error) {
        throw explain(url, error);
      } finally {
        signal?.removeEventListener('abort', leave);
      }
    },

    async close() {
      const open = socket;
      socket = null;
      await open?.dispose();
    },
  };
}
