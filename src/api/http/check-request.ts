import type { RequestHandler } from 'express';
import type { AppError } from '../../../schema/errors.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import { refuseRequest } from '../errors/refusals.ts';
import { sendErrors } from './send-errors.ts';

/** What this API can answer with; streams to a POST alone. */
const ANSWERS = ['application/json', 'application/graphql-response+json'];
const STREAM = 'text/event-stream';
/** Accept may say the charset too, and then matches only what says it as well. */
const withCharset = (types: readonly string[]) => types.flatMap((type) => [type, `${type}; charset=utf-8`]);
const JSON_TYPE = /^application\/json\s*(;|$)/i;
/** Headers that a page of another site cannot send without asking first; who calls is told by one of the first two. */
export const PREFLIGHTED = [
  'authorization',
  'x-toygres-client',
  'apollo-require-preflight',
  'x-apollo-operation-name',
] as const;

/** Refuses a request of which no body could be read, or that a page of another site could have sent: before it is read. */
export function checkHeaders(formatError: ErrorFormatter): RequestHandler {
  return (request, response, next) => {
    if (!request.accepts(withCharset(request.method === 'POST' ? [...ANSWERS, STREAM] : ANSWERS))) {
      const refusal =
        `None of the types in Accept can be answered: ask for ${ANSWERS.join(', ')}, or ${STREAM} by POST, or leave ` +
        'Accept out.';
      return sendErrors(request, response, 406, [formatError(refuseRequest(refusal, 'Accept', 'known'))]);
    }
    const fault = request.method === 'POST' ? findTypeFault(request.headers['content-type']) : null;
    const isBareGet = request.method !== 'POST' && !PREFLIGHTED.some((name) => request.headers[name]);
    if (fault === null && !isBareGet) return next();
    const shown =
      fault ??
      refuseRequest(
        'A query by GET needs the header "Apollo-Require-Preflight: true", so that pages of other sites cannot send it: ' +
          'add it, or send a POST.',
        'Apollo-Require-Preflight',
        'required',
      );
    sendErrors(request, response, 400, [formatError(shown)]);
  };
}

function findTypeFault(contentType: string | undefined): AppError | null {
  if (contentType !== undefined && JSON_TYPE.test(contentType)) return null;
  const remedy = 'send the header "Content-Type: application/json" and a JSON object with the query.';
  return contentType === undefined
    ? refuseRequest(`The request does not say what it holds: ${remedy}`, 'Content-Type', 'required')
    : refuseRequest(`The request holds something else than JSON: ${remedy}`, 'Content-Type', 'json');
}

/** What is wrong with the form of a request's body, or null. */
export function findBodyFault(body: unknown): AppError | null {
  if (Array.isArray(body)) {
    return refuseRequest(
      'The request holds a list, and one request holds one operation: send an object with query and variables, and ' +
        'further operations in requests of their own.',
      'body',
      'single',
    );
  }
  if (typeof body !== 'object' || body === null) {
    return refuseRequest('The request holds no JSON object: send one with the query.', 'body', 'object');
  }
  const { query, variables, operationName, extensions } = body as Readonly<Record<string, unknown>>;
  // Apollo answers those, as their protocol has it.
  if (query === undefined && extensions !== undefined) return null;
  if (query === undefined || query === '') {
    return refuseRequest('The request has no query: send the document as the text of `query`.', 'query', 'required');
  }
  if (typeof query !== 'string') return refuseRequest('query must be a text: send the document.', 'query', 'type');
  if (variables != null && (typeof variables !== 'object' || Array.isArray(variables))) {
    return refuseRequest('variables must be an object: send each value under its name.', 'variables', 'type');
  }
  if (operationName != null && typeof operationName !== 'string') {
    return refuseRequest('operationName must be a text: send the name of one operation.', 'operationName', 'type');
  }
  if (extensions != null && (typeof extensions !== 'object' || Array.isArray(extensions))) {
    return refuseRequest('extensions must be an object: send one, or leave it out.', 'extensions', 'type');
  }
  return null;
}
