import { expect, test } from 'vitest';
import { type DatabaseFacts, readWrittenFacts, writeDatabaseFacts } from '../../../src/runner/facts/database-facts.ts';

const bytes = (text: string) => Buffer.from(text).toString('latin1');
const factsOf = (encoding: string, object: string): DatabaseFacts => ({
  encoding,
  extensions: [],
  statements: [{ stage: 'LAST', object, code: 'OBJECT_NOT_CARRIED', sql: `SELECT '${object}'` }],
  meanings: [{ object, schema: object, name: object, uses: [object] }],
  members: [],
  subscriptions: [object],
  filled: [],
  definitions: [],
  adopted: [],
  looks: [],
  sizes: [],
});

test('facts of a UTF8 database are text in the image, and bytes for who restores it', () => {
  const facts = factsOf('UTF8', bytes('größe ☃'));
  const written = writeDatabaseFacts(facts);
  expect(JSON.parse(written)).toMatchObject({ subscriptions: ['größe ☃'], meanings: [{ uses: ['größe ☃'] }] });
  expect(readWrittenFacts(written)).toEqual(facts);
});

test('facts of any other database keep their bytes, whether or not they are letters', () => {
  const facts = factsOf('WIN1252', 'gr\u00f6\u0081e');
  expect(readWrittenFacts(writeDatabaseFacts(facts))).toEqual(facts);
});

test('facts of older images are in UTF-8 for every database, and are read so', () => {
  const { encoding: _, ...older } = factsOf('', 'größe');
  expect(readWrittenFacts(JSON.stringify(older))).toEqual(factsOf('UTF8', bytes('größe')));
});

test('what is none is refused', () => {
  expect(() => readWrittenFacts('{"encoding":"LATIN1; DROP","extensions":[]}')).toThrow();
  expect(() => readWrittenFacts('null')).toThrow();
});
