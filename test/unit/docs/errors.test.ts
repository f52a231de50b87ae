import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../../schema/errors.ts';
import { ROOT, readSourceFiles } from '../../support/source-files.ts';

const page = await readFile(path.join(ROOT, 'docs/errors.md'), 'utf8');
const [codes = '', rules = ''] = page.split('## Rules');
const rowsOf = (text: string) => [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? '');

/** Every rule that something of ours is refused by, as the sources write it. */
function findRules(): readonly string[] {
  const sources = readSourceFiles().filter(({ path: file }) => /^(schema|resolvers|jobs|src)\//.test(file));
  const patterns = [
    /invalidInput\([^;]{0,120}?,\s*'(\w+)'/gs,
    /\brule: '(\w+)'/g,
    /^export type LimitRule = ([^;]+);/gm,
  ];
  const found = sources.flatMap(({ text }) =>
    patterns.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, names = '']) => names.match(/\w+/g) ?? [])),
  );
  return [...new Set(found)].sort();
}

test('the page of errors has every code once', () => {
  expect(rowsOf(codes).sort()).toEqual([...ERROR_CODES].sort());
});

test('the page of errors has every rule, and none that is not', () => {
  const found = findRules();
  expect(found.length).toBeGreaterThan(40);
  expect(rowsOf(rules).sort()).toEqual(found);
});
