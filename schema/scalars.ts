import { GraphQLError, GraphQLScalarType, type ValueNode } from 'graphql';
import { GraphQLDateTime, GraphQLSafeInt } from 'graphql-scalars';

/** The years that every database and every format of a moment can hold. */
const FIRST_MOMENT = Date.parse('0001-01-01T00:00:00Z');
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');

/** What is wrong is said without the value, which may be long. */
function asMoment(read: () => unknown, nodes?: ValueNode): Date {
  let moment: unknown;
  try {
    moment = read();
  } catch {
    // Answered below.
  }
  if (moment instanceof Date && moment.getTime() >= FIRST_MOMENT && moment.getTime() <= LAST_MOMENT) return moment;
  throw new GraphQLError(
    'DateTime is a moment of the years 1 to 9999 in RFC 3339 form with its offset, as "2026-03-01T09:30:00Z"',
    { extensions: { code: 'INVALID_INPUT' }, ...(nodes === undefined ? {} : { nodes }) },
  );
}

/** A moment as RFC 3339 text in UTC, milliseconds kept. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  description: 'A moment in RFC 3339 form, always given in UTC: "2026-03-01T09:30:00.000Z".',
  parseValue: (value) => asMoment(() => GraphQLDateTime.parseValue(value)),
  parseLiteral: (node, variables) => asMoment(() => GraphQLDateTime.parseLiteral(node, variables), node),
});

/** A whole number that JSON and JavaScript carry without loss, 2^53-1 at most. */
export const SafeInt = new GraphQLScalarType({
  ...GraphQLSafeInt.toConfig(),
  description: 'A whole number up to 2^53-1 (9,007,199,254,740,991), for counts of bytes that Int cannot hold.',
});
