import { createServer } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { AppError } from '../../../schema/errors.ts';
import type { Logger } from '../../log/logger.ts';
import { describeError } from '../errors/describe-error.ts';
import { endSilent } from './end-silent.ts';
import { listenOn } from './listen.ts';
import { answerMetrics, type MetricsPage } from './metrics.ts';
import { answerHealth, answerReady, type ReadyPage } from './probes.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** How long a request may take to come. */
const HEADERS_MS = 15_000;

export interface ProbeServerOptions {
  readonly ready: ReadyPage;
  readonly version: string;
  readonly metrics: MetricsPage;
  readonly log: Logger;
}

/** A server for those who watch a process that has no API. */
export interface ProbeServer {
  /** Begins to answer; port 0 is any free one. Throws UNAVAILABLE when the port can't be had. Once only. */
  listen(port: number, host: string): Promise<{ readonly root: string }>;
  /** Cuts the connections that are open. Twice is once. */
  stop(): Promise<void>;
}

/** `GET /health`, `/ready` and `/metrics`, as the API has them, and nothing else. */
export function createProbeServer({ ready, version, metrics, log }: ProbeServerOptions): ProbeServer {
  const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
    const isRefused = error instanceof AppError && error.code === 'UNAUTHENTICATED';
    if (!isRefused) log.error({ error: describeError(error) }, 'a probe could not be answered');
    response.set('Content-Type', 'text/plain; charset=utf-8');
    if (isRefused) response.status(401).set('WWW-Authenticate', 'Bearer').send(error.message);
    else response.status(500).send("It could not be answered: see this server's log.");
  };
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(setSecurityHeaders);
  app.get('/health', answerHealth(version));
  app.get('/ready', answerReady(ready, 'everything', log));
  app.get('/ready/traffic', answerReady(ready, 'traffic', log));
  app.get('/metrics', answerMetrics(metrics));
  app.use((_request, response) => {
    response
      .status(404)
      .type('text/plain')
      .send('There is nothing at this path: /health, /ready and /metrics are here.');
  });
  app.use(answerError);
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: HEADERS_MS }, app);
  endSilent(server, HEADERS_MS);
  return {
    listen: (port, host) => listenOn(server, port, host, 'TOYGRES_PROBE_PORT'),
    async stop() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
