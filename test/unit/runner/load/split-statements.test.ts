import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitStatements } from '../../../../src/runner/load/statements/split-statements.ts';

const texts = (sql: string) => splitStatements(sql).map(({ text }) => text);

describe('statements', () => {
  test.each([
    ['SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    [`SELECT 'a;b', E'it\\'s;', "c;""d";`, [`SELECT 'a;b', E'it\\'s;', "c;""d"`]],
    ['-- no; statement\nSELECT 1 /* ; /* ; */ ; */;', ['SELECT 1 /* ; /* ; */ ; */']],
    ['DO $x$ BEGIN; END $x$; SELECT $$;$$;', ['DO $x$ BEGIN; END $x$', 'SELECT $$;$$']],
    [
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3;',
      ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END', 'SELECT 3'],
    ],
    ['\\restrict abc\nSELECT 1;\n\\unrestrict abc\n', ['SELECT 1']],
    [`SELECT 'two\nlines \\! id';`, [`SELECT 'two\nlines \\! id'`]],
  ])('are cut apart: %s', (sql, wanted) => {
    expect(texts(sql)).toEqual(wanted);
  });

  test.each([
    ['\\! id', /command of psql.*line 1/],
    ['SELECT 1;\n\\copy t from program', /command of psql.*line 2/],
    ['SELECT 1 \\g /tmp/x', /command of psql/],
    ['SELECT 1 \\restrict abc\n;', /command of psql/],
    ['\\restrict a b\nSELECT 1;', /command of psql/],
    ["SELECT 'open", /quote that does not end/],
    ['SELECT "open', /quote that does not end/],
    ['SELECT $a$ open', /quote that does not end/],
    ['SELECT 1 /* open', /comment that does not end/],
    ['SELECT 1', /statement that does not end/],
  ])('that psql alone would understand, or that do not end, are refused: %s', (sql, words) => {
    expect(() => splitStatements(sql)).toThrow(words);
  });

  test('come out as they went in, whatever stands in their names and values', () => {
    const quoted = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
    const one = fc.tuple(quoted, quoted).map(([name, value]) => {
      const literal = value.includes('\\')
        ? `E'${value.replace(/['\\]/g, '\\$&')}'`
        : `'${value.replaceAll("'", "''")}'`;
      return `ALTER ROLE "${name.replaceAll('"', '""')}" SET x TO ${literal}`;
    });
    fc.assert(
      fc.property(fc.array(one), (statements) => {
        expect(texts(statements.map((text) => `${text};\n`).join('-- between; them\n'))).toEqual(statements);
      }),
    );
  });
});
