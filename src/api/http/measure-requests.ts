import type { RequestHandler } from 'express';

/** Told of what the API answered, for whoever measures it. */
export interface ApiMeter {
  answered(request: {
    readonly path: string;
    readonly method: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  /** An error was shown to a client, under this code. */
  refused(code: string): void;
}

const PATHS: readonly string[] = ['/graphql', '/health', '/ready', '/metrics'];
const METHODS: readonly string[] = ['GET', 'POST', 'HEAD', 'OPTIONS'];

/** Tells the meter of every request when it has been answered; what clients make up is `other`. */
export function measureRequests(meter: Pick<ApiMeter, 'answered'>): RequestHandler {
  return (request, response, next) => {
    const begunAt = performance.now();
    const path = PATHS.find((known) => known === request.path) ?? 'other';
    const method = METHODS.find((known) => known === request.method) ?? 'other';
    response.once('close', () => {
      // A stream lasts as long as somebody follows, and followers are counted where they follow.
      if (String(response.getHeader('Content-Type')).startsWith('text/event-stream')) return;
      // Who left before the answer was not answered; 499 is what proxies call it.
      const status = response.writableFinished ? response.statusCode : 499;
      meter.answered({ path, method, status, seconds: (performance.now() - begunAt) / 1000 });
    });
    next();
  };
}
