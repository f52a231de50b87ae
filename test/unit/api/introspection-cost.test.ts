import { getIntrospectionQuery } from 'graphql';
import { expect, it } from 'vitest';
import { createPreparer } from '../../../src/api/execution/prepare-operation.ts';
import { readSchema } from '../../../src/api/schema.ts';

const preparer = createPreparer(readSchema());

it.each([{}, { inputValueDeprecation: true, descriptions: true, oneOf: true }])(
  'the introspection of graphql itself is within the limit: %j',
  (options) => {
    expect(preparer.prepare({ query: getIntrospectionQuery(options) }).operation.operation).toBe('query');
  },
);

it('an introspection whose answer would be huge is refused', () => {
  const whole =
    '__schema { types { fields { name args { name type { name fields { name args { name type { name } } } } } } } }';
  const query = `{ ${Array.from({ length: 60 }, (_, n) => `a${n}: ${whole}`).join(' ')} }`;
  expect(() => preparer.prepare({ query })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', details: expect.objectContaining({ rule: 'tooCostly' }) }),
  );
});
