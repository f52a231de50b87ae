import { GraphQLError } from 'graphql';
import { AppError } from '../../../schema/errors.ts';
import type { LimitRule } from '../../../schema/rules/request-limits.ts';

/** The error for a document that graphql can read but the schema does not allow. */
export function refuseDocument(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
}

/** The error for a request that is out of form; `field` is what of the request is at fault. */
export function refuseRequest(message: string, field?: string, rule?: string): AppError {
  const details = { ...(field === undefined ? {} : { field }), ...(rule === undefined ? {} : { rule }) };
  return new AppError('INVALID_INPUT', message, { details });
}

/** The error for what asks for more than one request, or one caller, may. */
export function refuseExcess(rule: LimitRule, message: string): AppError {
  return new AppError('INVALID_INPUT', message, { details: { rule } });
}
