import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, type ErrorCode, type ErrorDetails } from '../../../schema/errors.ts';
import type { Logger } from '../../log/logger.ts';
import { describeError } from './describe-error.ts';

/** Codes of graphql's own, for documents that do not parse or validate. */
const DOCUMENT_CODES: readonly unknown[] = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];

/** What Apollo calls requests that are out of form. */
const REQUEST_CODES: readonly unknown[] = [
  'INVALID_INPUT',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
];

interface Exposed {
  readonly message: string;
  readonly code: ErrorCode | 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED';
  readonly details?: ErrorDetails;
}

/** Makes of any error what a client may see. */
export type ErrorFormatter = (error: unknown) => GraphQLFormattedError;

/**
 * Makes of any error what a client may see: message, place, and `extensions: { code, field?, rule?, operationId?, reference? }`.
 *
 * What is neither an AppError nor a refusal of graphql's becomes INTERNAL with a reference; the log has under this
 * reference what may be told about it. Nothing else of an error gets out, least of all its stack. `onShown` is told the code
 * of each.
 */
export function createErrorFormatter(log: Logger, onShown: (code: string) => void = () => undefined): ErrorFormatter {
  return (error) => {
    const chain = listChain(error);
    const place = chain.find((link) => link instanceof GraphQLError && (link.path ?? link.locations) !== undefined);
    const { message, code, details } = expose(chain, log);
    onShown(code);
    const { path, locations } = place instanceof GraphQLError ? place.toJSON() : {};
    return {
      message,
      ...(locations === undefined ? {} : { locations }),
      ...(path === undefined ? {} : { path }),
      extensions: { code, ...details },
    };
  };
}

/** The error and what it was made of: graphql and Apollo wrap what resolvers throw, sometimes twice. */
function listChain(error: unknown): readonly unknown[] {
  const chain = [error];
  for (let link = error; link instanceof GraphQLError && link.originalError !== undefined; ) {
    link = link.originalError;
    chain.push(link);
  }
  return chain;
}

function expose(chain: readonly unknown[], log: Logger): Exposed {
  const source = chain.at(-1);
  if (source instanceof AppError && source.code !== 'INTERNAL') {
    const { code, message, details, cause } = source;
    // That a name is taken is no news for whoever runs the server; that something does not answer is.
    const level = code === 'UNAVAILABLE' ? 'warn' : 'debug';
    if (cause !== undefined) log[level]({ code, cause: describeError(cause) }, 'an operation of the API was refused');
    const { field, rule, operationId, reference } = details;
    return { message, code, details: withoutUndefined({ field, rule, operationId, reference }) };
  }
  if (source instanceof GraphQLError) {
    for (const link of chain) {
      const code = link instanceof GraphQLError ? link.extensions.code : undefined;
      if (DOCUMENT_CODES.includes(code)) return { message: source.message, code: code as Exposed['code'] };
      if (REQUEST_CODES.includes(code)) return { message: source.message, code: 'INVALID_INPUT' };
    }
    // Of the errors that graphql throws while it executes, those about what the client sent point at the document.
    if (source.nodes !== undefined && source.path === undefined) {
      return { message: 'A value does not fit its place in the document: see the schema.', code: 'INVALID_INPUT' };
    }
  }
  const reference = randomUUID();
  log.error({ reference, error: describeError(source) }, 'internal error');
  return { message: `internal error, reference ${reference}`, code: 'INTERNAL', details: { reference } };
}

function withoutUndefined(details: { [K in keyof ErrorDetails]: ErrorDetails[K] | undefined }): ErrorDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
