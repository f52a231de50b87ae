import { type ErrorRequestHandler, Router } from 'express';
import type { SessionCookies } from '../../../resolvers/ports/access.ts';
import { AppError, type ErrorCode } from '../../../schema/errors.ts';
import type { RequestSources } from './request-sources.ts';

/** Signing in with a provider, for browsers. */
export interface SignIn {
  begin(): Promise<{ readonly url: string; readonly kept: string; readonly seconds: number }>;
  finish(
    query: string,
    kept: string | null,
    source: { readonly address: string | null; readonly cookies: SessionCookies },
  ): Promise<void>;
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  CONFLICT: 409,
  UNAVAILABLE: 503,
};

/**
 * `GET /auth` says in which ways people may sign in. With a provider, `/auth/oidc` sends a browser there, and
 * `/auth/oidc/callback` takes it back and on to the console, below `prefix`.
 */
export function serveSignIn(signIn: SignIn | null, sources: RequestSources, prefix: string): Router {
  const router = Router();
  router.get('/auth', (_request, response) => {
    response.json({ password: true, oidc: signIn !== null });
  });
  if (signIn === null) return router;
  router.get('/auth/oidc', async (request, response) => {
    const { url, kept, seconds } = await signIn.begin();
    sources.keepSignIn(request, response, kept, seconds);
    response.redirect(303, url);
  });
  router.get('/auth/oidc/callback', async (request, response) => {
    const kept = sources.takeSignIn(request, response);
    const { address } = sources.ofRequest(request);
    const query = request.url.split('?').slice(1).join('?');
    await signIn.finish(query, kept, { address, cookies: sources.cookies(request, response) });
    response.redirect(303, `${prefix}/`);
  });
  const answerError: ErrorRequestHandler = (error, _request, response, next) => {
    const status = error instanceof AppError ? STATUS[error.code] : undefined;
    if (status === undefined) return next(error);
    response.status(status).type('text/plain').send(error.message);
  };
  router.use('/auth', answerError);
  return router;
}
