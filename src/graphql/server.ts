import { once } from 'node:events';
import { createServer } from 'node:http';
import { createContext } from '../../resolvers/context.ts';
import type { Caller } from '../../resolvers/ports/commands.ts';
import type { Finding } from '../../resolvers/ports/queries.ts';
import { createResolverContainer, type Services } from '../../resolvers/services.ts';
import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';
import { createApollo } from './apollo.ts';
import type { Authenticator } from './authenticator.ts';
import { createErrorFormatter } from './errors/format-error.ts';
import { buildHttpApp } from './http/build-app.ts';
import { readSchema } from './schema.ts';
import { serveWebSocket } from './websocket/serve-websocket.ts';

const PATH = '/graphql';
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** What the server is made of. */
export interface GraphqlServerOptions {
  readonly services: Services;
  readonly auth: Authenticator;
  readonly log: Logger;
  /** What the server needs, and whether it is there. */
  readonly ready: () => Promise<readonly Finding[]>;
  readonly version: string;
}

/** A server that was made and may be listening. */
export interface GraphqlServer {
  /** Begins to take requests; port 0 is any free one. Answers with the URL of the API, which is its IDE's too. Throws UNAVAILABLE when the port can't be had. Once only. */
  listen(port: number, host: string): Promise<{ readonly port: number; readonly url: string }>;
  /** Takes no further requests, closes subscribers with 1001, and lets running requests end for 5 s. Twice is once. */
  stop(): Promise<void>;
}

/** The API on one port: GraphQL over HTTP and WebSocket, its IDE, and the probes. Nothing happens before `listen`. */
export function createGraphqlServer({ services, auth, log, ready, version }: GraphqlServerOptions): GraphqlServer {
  const schema = readSchema();
  const container = createResolverContainer(services);
  const formatError = createErrorFormatter(log);
  const httpServer = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS });
  const apollo = createApollo({ schema, httpServer, formatError, log });
  const contextOf = (caller: Caller) => createContext(services, container, caller);
  const webSocket = serveWebSocket(httpServer, {
    path: PATH,
    schema,
    auth,
    createContext: contextOf,
    formatError,
    log,
  });
  let listening = false;
  let stopped: Promise<void> | undefined;

  return {
    async listen(port, host) {
      await apollo.start();
      httpServer.on(
        'request',
        buildHttpApp({ apollo, auth, createContext: contextOf, formatError, log, ready, version }),
      );
      try {
        await once(httpServer.listen(port, host), 'listening');
      } catch (error) {
        throw explainListenError(error, port, host);
      }
      listening = true;
      const address = httpServer.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      return { port: taken, url: buildUrl(host, taken) };
    },
    stop() {
      stopped ??= (async () => {
        await webSocket.stop();
        if (listening) await apollo.stop();
      })();
      return stopped;
    },
  };
}

/** The URL of the API that this machine can open, also where the server listens on all of its addresses. */
function buildUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}${PATH}`;
}

function explainListenError(cause: unknown, port: number, host: string): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const why =
    code === 'EADDRINUSE'
      ? 'another program has it'
      : code === 'EACCES'
        ? 'this user may not take it'
        : 'this machine has no such address';
  const message = `Port ${port} of ${host} cannot be taken, ${why}: set PORT and HOST to others.`;
  return new AppError('UNAVAILABLE', message, { cause });
}
