import type { RequestHandler } from 'express';
import type { Authenticator } from '../authenticator.ts';

/** A page that monitoring reads. */
export interface MetricsPage {
  /** Who may read it. */
  readonly auth: Authenticator;
  readonly mediaType: string;
  render(): Promise<string>;
}

/** Answers with the page; UNAUTHENTICATED goes to the error handler. */
export function answerMetrics({ auth, mediaType, render }: MetricsPage): RequestHandler {
  return async (request, response) => {
    await auth.authenticate(request.headers.authorization);
    const page = await render();
    response.set('Content-Type', mediaType).send(page);
  };
}
