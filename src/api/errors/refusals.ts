import { GraphQLError } from 'graphql';

/** The error for a document that graphql can read but that is not served: too long, too deep, too costly. */
export function refuseDocument(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
}

/** The error for a request that is out of form. */
export function refuseRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'INVALID_INPUT' } });
}
