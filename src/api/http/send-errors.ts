import type { Request, Response } from 'express';
import type { GraphQLFormattedError } from 'graphql';

/** With the charset, and without: Accept may say it, and then matches only what says it as well. */
const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'].flatMap((type) => [
  type,
  `${type}; charset=utf-8`,
]);

/** Answers a request that was not executed, in the form that GraphQL clients read errors in. */
export function sendErrors(
  request: Request,
  response: Response,
  status: number,
  errors: readonly GraphQLFormattedError[],
): void {
  const [mediaType] = (request.accepts(MEDIA_TYPES) || 'application/json').split(';');
  response.status(status).set('Content-Type', `${mediaType}; charset=utf-8`).send(JSON.stringify({ errors }));
}
