import type { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { ApiContext } from '../../../resolvers/context.ts';
import type { SessionCookies } from '../../../resolvers/ports/access.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Logger } from '../../log/logger.ts';
import type { Authenticator } from '../authenticator.ts';
import { serveConsole } from '../console/serve-console.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import { refuseExcess, refuseRequest } from '../errors/refusals.ts';
import type { EventStreamServer } from '../event-stream/serve-event-stream.ts';
import { DocumentFaults, type Preparer } from '../execution/prepare-operation.ts';
import { serveIde } from '../ide/serve-ide.ts';
import type { Budgets } from '../limits/budgets.ts';
import { LIMITS } from '../limits/limits.ts';
import { allowOrigins } from './allow-origins.ts';
import { authenticateRequests } from './authenticate.ts';
import type { Strangers } from './bound-strangers.ts';
import { checkHeaders, findBodyFault } from './check-request.ts';
import { type ApiMeter, measureRequests } from './measure-requests.ts';
import { answerMetrics, type MetricsPage } from './metrics.ts';
import type { PathPrefix } from './path-prefix.ts';
import { answerHealth, answerReady, type ReadyPage } from './probes.ts';
import { readAuthorization } from './read-authorization.ts';
import { refuseStrippedUpgrade } from './refuse-stripped-upgrade.ts';
import type { RequestSources } from './request-sources.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { sendErrors } from './send-errors.ts';
import { serveSchema } from './serve-schema.ts';
import { type SignIn, serveSignIn } from './serve-sign-in.ts';

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST'];

/** What the HTTP side is made of. */
export interface HttpParts {
  /** Whose pages may call the API from a browser. */
  readonly allowedOrigins: readonly string[];
  readonly apollo: ApolloServer<ApiContext>;
  readonly auth: Authenticator;
  readonly budgets: Budgets;
  readonly createContext: (caller: Caller, cookies: SessionCookies) => ApiContext;
  readonly eventStreams: EventStreamServer;
  readonly formatError: ErrorFormatter;
  readonly log: Logger;
  readonly meter: ApiMeter;
  readonly metrics: MetricsPage | null;
  /** Below which people reach the server. */
  readonly prefix: PathPrefix;
  readonly preparer: Preparer;
  readonly ready: ReadyPage;
  readonly schema: GraphQLSchema;
  /** Signing in with a provider; null where there is none. */
  readonly signIn: SignIn | null;
  readonly sources: RequestSources;
  readonly strangers: Strangers;
  readonly version: string;
}

/** All that is answered over HTTP. Apollo must have been started. */
export function buildHttpApp(parts: HttpParts): Express {
  const { allowedOrigins, apollo, auth, budgets, createContext, eventStreams, formatError, log } = parts;
  const { meter, metrics, prefix, preparer, ready, schema, signIn, sources, strangers, version } = parts;
  const callers = new WeakMap<object, Caller>();
  const onCaller = (request: express.Request, caller: Caller) => {
    callers.set(request, caller);
    // Who is about to sign in has not yet.
    if (caller.role !== null) strangers.know(request.socket);
  };

  const refuseOtherMethods: RequestHandler = (request, response, next) => {
    if (METHODS.includes(request.method)) return next();
    response.set('Allow', METHODS.join(', '));
    sendErrors(request, response, 405, [formatError(refuseRequest('GraphQL is served by GET and POST: send a POST.'))]);
  };

  /** Looks at the request before Apollo does: its validation would take long over what is refused here. */
  const checkDocument: RequestHandler = (request, response, next) => {
    const isPost = request.method === 'POST';
    const source: unknown = isPost ? request.body?.query : request.query.query;
    try {
      const fault = isPost ? findBodyFault(request.body) : null;
      if (fault !== null) throw fault;
      if (typeof source === 'string' && source !== '') preparer.readDocument(source);
      next();
    } catch (error) {
      const errors = error instanceof DocumentFaults ? error.errors : [error];
      sendErrors(request, response, 400, errors.map(formatError));
    }
  };

  const execute = expressMiddleware(apollo, {
    context: async ({ req, res }) => {
      const caller = callers.get(req);
      if (caller === undefined) throw new Error('a request came here without being authenticated');
      return createContext(caller, sources.cookies(req, res));
    },
  });

  /** Streams have limits of their own. */
  const limitRequests: RequestHandler = (request, response, next) => {
    const caller = callers.get(request);
    if (caller !== undefined && !eventStreams.isAskedBy(request)) response.once('close', budgets.begin(caller));
    next();
  };

  const streamEvents: RequestHandler = (request, response, next) => {
    if (!eventStreams.isAskedBy(request)) return next();
    const caller = callers.get(request);
    if (caller === undefined) throw new Error('a request came here without being authenticated');
    const fault = findBodyFault(request.body);
    if (fault !== null) {
      sendErrors(request, response, 400, [formatError(fault)]);
      return;
    }
    // Cut off, its client asks again and hears why.
    const authorization = readAuthorization(request);
    const unwatch = auth.watch?.(authorization, sources.ofRequest(request), caller, () => response.destroy());
    if (unwatch !== undefined) response.once('close', unwatch);
    void eventStreams.serve(request, response, caller);
  };

  const answerError: ErrorRequestHandler = (error, request, response, _next) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED') {
      response.set('WWW-Authenticate', 'Bearer');
      sendErrors(request, response, 401, [formatError(error)]);
      return;
    }
    if (error instanceof AppError && error.code === 'FORBIDDEN') {
      sendErrors(request, response, 403, [formatError(error)]);
      return;
    }
    if (error instanceof AppError && error.details.rule === 'tooManyRequests') {
      response.set('Retry-After', '1');
      sendErrors(request, response, 429, [formatError(error)]);
      return;
    }
    const status = readClientStatus(error);
    const shown = status === null ? error : explainStatus(status);
    sendErrors(request, response, status ?? 500, [formatError(shown)]);
  };

  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(measureRequests(meter), setSecurityHeaders);
  app.use((request, _response, next) => {
    request.url = prefix.strip(request.url);
    next();
  });
  app.get('/health', answerHealth(version));
  app.get('/ready', answerReady(ready, 'everything', log));
  app.get('/ready/traffic', answerReady(ready, 'traffic', log));
  if (metrics !== null) app.get('/metrics', answerMetrics(metrics));
  app.get('/schema.graphql', serveSchema(schema));
  app.use(serveSignIn(signIn, sources, prefix.path));
  app.get('/graphql', refuseStrippedUpgrade(formatError), serveIde());
  app.use(
    '/graphql',
    allowOrigins(allowedOrigins, METHODS),
    refuseOtherMethods,
    authenticateRequests({ auth, sources, log, onCaller }),
    limitRequests,
    checkHeaders(formatError),
    express.json({ limit: LIMITS.messageBytes }),
    streamEvents,
    checkDocument,
    execute,
  );
  app.use(serveConsole());
  app.use((request, response) => {
    const message = 'There is nothing at this path: the API is at /graphql.';
    sendErrors(request, response, 404, [formatError(new AppError('NOT_FOUND', message))]);
  });
  app.use(answerError);
  return app;
}

/** The 4xx that reading a request ended with, or null for a fault of ours. */
function readClientStatus(error: unknown): number | null {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

function explainStatus(status: number): AppError {
  if (status === 413) {
    return refuseExcess('documentTooLong', `The request has more than ${LIMITS.messageBytes} bytes: send less.`);
  }
  if (status === 415) {
    return refuseRequest('The encoding of the request is not known here: send JSON in UTF-8.', 'Content-Type', 'utf8');
  }
  return refuseRequest('The request could not be read: send JSON as GraphQL over HTTP has it.', 'body', 'json');
}
