import { Kind, parse, parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DateTime } from '../../../schema/scalars.ts';
import { readVariables } from '../../../src/api/errors/coercion.ts';
import { checkLiterals } from '../../../src/api/errors/literals.ts';
import { readSchema } from '../../../src/api/schema.ts';

const REMEDY = /a moment of the years 1 to 9999 in RFC 3339 form with its offset, as "2026-03-01T09:30:00Z"/;

/** What no database and no format of a moment has room for, and what is no moment at all. */
const UNFIT = ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+05:00', '9999-12-31T23:59:59-01:00', '2026', 'T', ''];

describe('a moment of the input', () => {
  it.each(['0001-01-01T00:00:00Z', '2026-03-01T09:30:00.123+02:00', '9999-12-31T23:59:59.999Z'])(
    'may be %s',
    (text) => {
      expect(DateTime.parseValue(text)).toEqual(new Date(text));
      expect(DateTime.parseLiteral(parseValue(JSON.stringify(text)), {})).toEqual(new Date(text));
    },
  );

  it.each(UNFIT)('is refused as %j, by variable and by literal, with what fits', (text) => {
    const schema = readSchema();
    const [operation] = parse(
      'query($at: DateTime) { instances(filter: { createdAfter: $at }) { totalCount } }',
    ).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
    const refused = { code: 'INVALID_INPUT', message: expect.stringMatching(REMEDY) };
    expect(catchOf(() => readVariables(schema, operation, { at: text }))).toMatchObject({
      ...refused,
      details: { field: 'at', rule: 'type' },
    });
    const literal = parse(`{ instances(filter: { createdAfter: ${JSON.stringify(text)} }) { totalCount } }`);
    expect(catchOf(() => checkLiterals(schema, literal))).toMatchObject({
      ...refused,
      details: { field: 'createdAfter', rule: 'type' },
    });
  });
});

function catchOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
