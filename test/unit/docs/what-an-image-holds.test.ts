import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { HELD_CASES } from '../../integration/runner/what-an-image-holds/held-cases.ts';
import { ROOT } from '../../support/source-files.ts';

/** What is found on another machine or version alone, or where a server has more than PostgreSQL: held by tests of their own. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'pg_database LOGICAL LOCALE_CHANGED': 'test/integration/runner/load/cases.test.ts',
  'pg_attribute.attnotnull LOGICAL CONSTRAINT_LEFT_OUT': 'test/integration/runner/load/newer-major.test.ts',
  'pg_file_settings (`ALTER SYSTEM`) LOGICAL SETTING_LEFT_OUT': 'test/integration/scripts/objects-restored.test.ts',
  'pg_file_settings (`ALTER SYSTEM`) PHYSICAL SETTING_LEFT_OUT': 'test/integration/runner/physical/round-trip.test.ts',
  'pg_index PHYSICAL INDEX_REBUILT': 'test/integration/runner/physical/collations.test.ts',
};
const ROWS_ELSEWHERE: Readonly<Record<string, string>> = {
  'df.instances, df.nodes, df.vars of pg_durable': 'test/integration/scripts/durable.test.ts',
};

describe('docs/what-an-image-holds.md', async () => {
  const page = await readFile(path.join(ROOT, 'docs/what-an-image-holds.md'), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.slice(2, -2).split(' | '));
  const codesIn = (cell = '') => [...cell.matchAll(/[A-Z]+(?:_[A-Z]+)+/g)].map(([code]) => code).sort();

  test('has a row for each case, and a case for each row', () => {
    const named = new Set([...HELD_CASES.map(({ row }) => row), ...Object.keys(ROWS_ELSEWHERE)]);
    expect(rows.map(([row]) => row).sort()).toEqual([...named].sort());
  });

  test.each(rows)(
    'says of %s the findings that its cases have, and no others',
    (row, _what, _by, logical, physical) => {
      if (ROWS_ELSEWHERE[row ?? ''] !== undefined) return;
      for (const [method, cell] of [
        ['LOGICAL', logical],
        ['PHYSICAL', physical],
      ] as const) {
        const own = HELD_CASES.filter((one) => one.row === row).flatMap(
          (one) => (method === 'LOGICAL' ? one.logical : one.physical) ?? [],
        );
        const apart = Object.keys(ELSEWHERE).filter((key) => key.startsWith(`${row} ${method} `));
        const found = new Set(
          [...own, ...apart].flatMap((text) =>
            codesIn(text.split(' ').find((word) => /^[A-Z]+(_[A-Z]+)+$/.test(word))),
          ),
        );
        expect(codesIn(cell), `${row}: ${method}`).toEqual([...found].sort());
      }
    },
  );

  test.each(Object.entries(ELSEWHERE))('what is held by a test of its own is: %s', async (key, file) => {
    expect(await readFile(path.join(ROOT, file), 'utf8')).toContain(key.split(' ').at(-1));
  });
});
