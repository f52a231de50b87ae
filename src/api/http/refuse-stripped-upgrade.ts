import type { RequestHandler } from 'express';
import { AppError } from '../../../schema/errors.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import { sendErrors } from './send-errors.ts';

const MESSAGE =
  'This came as the request for a WebSocket without its header Upgrade: a proxy on the way took that out. Have it pass the ' +
  'headers Upgrade and Connection on, over HTTP/1.1, or follow subscriptions as event streams over HTTP.';

/** Answers a request for a WebSocket from which a proxy took what makes it one; without that it looks like a query by GET. */
export function refuseStrippedUpgrade(formatError: ErrorFormatter): RequestHandler {
  return (request, response, next) => {
    if (request.headers['sec-websocket-key'] === undefined) return next();
    // Not to be answered by an upgrade that the proxy would not understand: no header Upgrade.
    const error = new AppError('INVALID_INPUT', MESSAGE, { details: { field: 'Upgrade', rule: 'required' } });
    sendErrors(request, response, 426, [formatError(error)]);
  };
}
