import express, { type RequestHandler } from 'express';
import { getOperationAST, Kind, OperationTypeNode } from 'graphql';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Logger } from '../../log/logger.ts';
import type { Authenticator } from '../authenticator.ts';
import { parseDocument } from '../limits/parse-document.ts';
import { readAuthorization } from './read-authorization.ts';
import type { RequestSources } from './request-sources.ts';

/** Enough for a name and a password; who has not signed in is not listened to for longer. */
const LOGIN_BYTES = 16 * 1024;

/** What is made of a request's credentials. */
export interface AuthenticationParts {
  readonly auth: Authenticator;
  readonly sources: RequestSources;
  readonly log: Logger;
  /** Told who it is, before anything else is looked at. */
  readonly onCaller: (request: express.Request, caller: Caller) => void;
}

/**
 * Finds out who is asking. Without any credential only a document is let through that signs in, once, and asks for nothing
 * else; everything else is UNAUTHENTICATED whatever it is.
 */
export function authenticateRequests({ auth, sources, log, onCaller }: AuthenticationParts): RequestHandler {
  const readBody = express.json({ limit: LOGIN_BYTES });

  function refuse(request: express.Request, error: unknown): unknown {
    if (!(error instanceof AppError) || error.code !== 'UNAUTHENTICATED') return error;
    const { address } = sources.ofRequest(request);
    log.warn({ address, method: request.method }, 'a request was refused: it could not be told whose it is');
    if (readAuthorization(request) !== undefined || !sources.hasUnusedCookie(request)) return error;
    return new AppError(
      'UNAUTHENTICATED',
      'The cookie of the session alone is not enough: send the header X-Toygres-Client, with anything in it, along.',
      { details: { rule: 'clientHeader' } },
    );
  }

  return async (request, response, next) => {
    const source = sources.ofRequest(request);
    const authorization = readAuthorization(request);
    try {
      onCaller(request, await auth.authenticate(authorization, source));
      next();
    } catch (error) {
      const mayLogin = authorization === undefined && request.method === 'POST' && error instanceof AppError;
      if (!mayLogin || error.code !== 'UNAUTHENTICATED') return next(refuse(request, error));
      readBody(request, response, (fault) => {
        if (fault !== undefined || !isLogin(request.body)) return next(refuse(request, error));
        onCaller(request, { kind: 'USER', id: null, name: '', role: null, address: source.address });
        next();
      });
    }
  };
}

/** Whether a body asks for one sign-in and nothing else: many at once would be many guesses. */
function isLogin(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { query, operationName } = body as { readonly query?: unknown; readonly operationName?: unknown };
  if (typeof query !== 'string') return false;
  try {
    const operation = getOperationAST(parseDocument(query), typeof operationName === 'string' ? operationName : null);
    if (operation?.operation !== OperationTypeNode.MUTATION) return false;
    const names = operation.selectionSet.selections.map((node) => (node.kind === Kind.FIELD ? node.name.value : ''));
    return names.filter((name) => name !== '__typename').join() === 'login';
  } catch {
    return false;
  }
}
