import { createServer } from 'node:http';
import { createContext } from '../../resolvers/context.ts';
import type { SessionCookies } from '../../resolvers/ports/access.ts';
import type { Caller } from '../../resolvers/ports/commands.ts';
import type { Services } from '../../resolvers/services.ts';
import { AppError } from '../../schema/errors.ts';
import { EVERYTHING, type Scope } from '../../schema/rules/scope-rules.ts';
import type { Logger } from '../log/logger.ts';
import { createApollo } from './apollo.ts';
import type { Authenticator } from './authenticator.ts';
import { createErrorFormatter } from './errors/format-error.ts';
import { createEventStreamServer } from './event-stream/serve-event-stream.ts';
import { createExecutor } from './execution/executor.ts';
import { createPreparer } from './execution/prepare-operation.ts';
import { createSubscriptionRunner } from './execution/run-subscription.ts';
import { boundStrangers, isLoopback } from './http/bound-strangers.ts';
import { buildHttpApp } from './http/build-app.ts';
import { endSilent } from './http/end-silent.ts';
import { listenOn } from './http/listen.ts';
import type { ApiMeter } from './http/measure-requests.ts';
import type { MetricsPage } from './http/metrics.ts';
import { createPathPrefix } from './http/path-prefix.ts';
import type { ReadyPage } from './http/probes.ts';
import { createRequestSources } from './http/request-sources.ts';
import type { SignIn } from './http/serve-sign-in.ts';
import { createBudgets } from './limits/budgets.ts';
import { LIMITS } from './limits/limits.ts';
import { createSubscriptionSlots } from './limits/subscription-slots.ts';
import { readSchema } from './schema.ts';
import { createServicesByScope } from './services-by-scope.ts';
import { serveWebSocket } from './websocket/serve-websocket.ts';

const PATH = '/graphql';
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/**
 * Longer than a load balancer keeps an idle connection (nginx 60 s, AWS 60, Caddy 120, Azure's Application Gateway up to
 * 180): who closes first must be the one that sends requests, or some are sent into a connection that is just being closed.
 */
const KEEP_ALIVE_MS = 190_000;

const silentMeter: ApiMeter = { answered: () => undefined, refused: () => undefined };

/** What the server is made of. */
export interface GraphqlServerOptions {
  /** What there is for callers of a scope. */
  readonly services: (scope: Scope) => Services;
  readonly auth: Authenticator;
  readonly log: Logger;
  /** What the server needs, and whether it is there. */
  readonly ready: ReadyPage;
  readonly version: string;
  /** Whose pages may call the API from a browser, besides its own. Default: nobody's. */
  readonly allowedOrigins?: readonly string[];
  /** Where people reach the server, if that is elsewhere than where it listens. */
  readonly publicUrl?: string | null;
  /** Ranges of the proxies whose word is taken for where a request came from. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Signing in with a provider. Default: only by password. */
  readonly signIn?: SignIn | null;
  /** What `GET /metrics` shows; without it there is nothing at that path. */
  readonly metrics?: MetricsPage;
  /** Told of requests and errors. Default: nobody is. */
  readonly meter?: ApiMeter;
}

/** A server that was made and may be listening. */
export interface GraphqlServer {
  /** Begins to take requests; port 0 is any free one. Answers with the URL of the API, which is its IDE's too. Throws UNAVAILABLE when the port can't be had. Once only. */
  listen(port: number, host: string): Promise<{ readonly port: number; readonly url: string }>;
  /** Takes no further requests, closes subscribers with 1001, and lets running requests end for 5 s. Twice is once. */
  stop(): Promise<void>;
}

/** The API on one port: GraphQL over HTTP and WebSocket, its IDE, and the probes. Nothing happens before `listen`. */
export function createGraphqlServer(options: GraphqlServerOptions): GraphqlServer {
  const { services, auth, log, ready, version, allowedOrigins = [], meter = silentMeter, metrics = null } = options;
  const { publicUrl = null, trustedProxies = [], signIn = null } = options;
  const schema = readSchema();
  const ofScope = createServicesByScope(services);
  const formatError = createErrorFormatter(log, meter.refused);
  const httpServer = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Clients that would like HTTP/2 offer that in the same header, and are answered as if they had not.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  });
  endSilent(httpServer, HEADERS_TIMEOUT_MS);
  const execute = createExecutor(schema);
  const apollo = createApollo({ schema, execute, httpServer, formatError, log });
  const prefix = createPathPrefix(publicUrl);
  const sources = createRequestSources({ publicUrl, trustedProxies });
  const budgets = createBudgets();
  const strangers = boundStrangers(httpServer, {
    most: LIMITS.connectionsOfStrangers,
    isExempt: (address) => isLoopback(address) || sources.isProxy(address),
  });
  const contextOf = (caller: Caller, cookies: SessionCookies | null = null) => {
    const scoped = ofScope(caller.scope ?? EVERYTHING);
    return createContext(scoped.services, scoped.container, caller, cookies, (cost) => budgets.spend(caller, cost));
  };
  const preparer = createPreparer(schema);
  const slots = createSubscriptionSlots();
  const subscriptions = createSubscriptionRunner({ schema, execute, createContext: contextOf, formatError, slots });
  const webSocket = serveWebSocket(httpServer, {
    path: PATH,
    prefix,
    schema,
    auth: countRefusals(auth, meter),
    sources,
    budgets,
    strangers,
    createContext: contextOf,
    formatError,
    preparer,
    subscriptions,
    log,
  });
  const eventStreams = createEventStreamServer({ preparer, subscriptions, formatError, log });
  let listening = false;
  let stopped: Promise<void> | undefined;

  return {
    async listen(port, host) {
      await apollo.start();
      httpServer.on(
        'request',
        buildHttpApp({
          allowedOrigins,
          apollo,
          auth,
          budgets,
          createContext: contextOf,
          eventStreams,
          formatError,
          log,
          meter,
          metrics,
          prefix,
          preparer,
          ready,
          schema,
          signIn,
          sources,
          strangers,
          version,
        }),
      );
      const { port: taken, root } = await listenOn(httpServer, port, host);
      listening = true;
      return { port: taken, url: `${root}${PATH}` };
    },
    stop() {
      stopped ??= (async () => {
        await Promise.all([webSocket.stop(), eventStreams.stop()]);
        if (listening) await apollo.stop();
      })();
      return stopped;
    },
  };
}

/** A refused connection is closed with a code of the protocol: no error is formatted that would be counted. */
function countRefusals(auth: Authenticator, meter: ApiMeter): Authenticator {
  return {
    ...auth,
    authenticate: (authorization, source) =>
      auth.authenticate(authorization, source).catch((error: unknown) => {
        if (error instanceof AppError) meter.refused(error.code);
        throw error;
      }),
  };
}
