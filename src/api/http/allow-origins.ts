import cors from 'cors';
import type { RequestHandler } from 'express';

/** How long a browser need not ask again. */
const MAX_AGE_SECONDS = 600;

/**
 * Lets pages of these origins call the API and read its answers, by the rules of CORS. Nothing is sent by a browser on its
 * own behalf: a caller is known by the token in its request alone, so cookies are neither asked for nor allowed.
 */
export function allowOrigins(origins: readonly string[], methods: readonly string[]): RequestHandler {
  // Without an origin it is as if CORS were not known here.
  if (origins.length === 0) return (_request, _response, next) => next();
  const answer = cors({ origin: [...origins], methods: [...methods], maxAge: MAX_AGE_SECONDS });
  return (request, response, next) => {
    // An OPTIONS that asks for no permission is none of its business.
    if (request.method === 'OPTIONS' && request.headers.origin === undefined) return next();
    answer(request, response, next);
  };
}
