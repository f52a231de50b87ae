import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTime, GraphQLSafeInt } from 'graphql-scalars';

/** A moment as RFC 3339 text in UTC, milliseconds kept. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  description: 'A moment in RFC 3339 form, always given in UTC: "2026-03-01T09:30:00.000Z".',
});

/** A whole number that JSON and JavaScript carry without loss, 2^53-1 at most. */
export const SafeInt = new GraphQLScalarType({
  ...GraphQLSafeInt.toConfig(),
  description: 'A whole number up to 2^53-1 (9,007,199,254,740,991), for counts of bytes that Int cannot hold.',
});
