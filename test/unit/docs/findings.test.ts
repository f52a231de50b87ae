import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, readSourceFiles } from '../../support/source-files.ts';

const DOC = readFileSync(path.join(ROOT, 'docs/findings.md'), 'utf8');

/** Who says findings: the programs beside the data, the workflows, and what keeps the records of drills. */
const sources = readSourceFiles()
  .filter(({ path: file }) => /^(src\/runner|jobs|src\/stores\/drills)\//.test(file))
  .map(({ text }) => text);

/** Words of the same form that are no findings: of the environment, of packages, of dumps, of PostgreSQL, of other errors. */
const OF_OTHERS = [
  /^(?:TOYGRES|AZURE|ERR)_/,
  /^(?:PRE_DATA|POST_DATA|BEFORE_ROWS)$/,
  /^(?:PG_VERSION|SQL_ASCII|MULE_INTERNAL)$/,
  /^(?:NOT_FOUND|STEP_FAILED|PG_DURABLE)$/,
];

/** Every code of theirs, wherever it stands: as a property, in a condition, given to a function, as a constant. */
const codes = [
  ...new Set(
    sources
      .flatMap((text) => [...text.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)].map(([, word]) => word ?? ''))
      .filter((word) => !OF_OTHERS.some((others) => others.test(word))),
  ),
].sort();

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
const sections = new Map(
  DOC.split(/^### /m)
    .slice(1)
    .map((section) => [section.split('\n')[0] ?? '', oneLine(section)]),
);

/** Shorter words are in every second message. */
const FEWEST_LETTERS = 10;
const SAID = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;

/** What the sources write between quotes, as what stands in a message for it. */
const written = sources.flatMap((text) =>
  [...text.matchAll(SAID)].flatMap(([, plain, filled]) => {
    const parts = oneLine((plain ?? filled ?? '').replaceAll("\\'", "'")).split(/\$\{[^}]*\}/);
    // A word alone is a name.
    if (parts.join('').replace(/[^a-z]/gi, '').length < FEWEST_LETTERS || !parts.some((part) => /\S \S/.test(part)))
      return [];
    return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+'));
  }),
);

test('docs/findings.md has every code that is said, in order, each once, and no other', () => {
  expect(codes).toEqual(
    expect.arrayContaining(['ROWS_NOT_LOADABLE', 'VIEW_LEFT_OUT', 'INDEX_LEFT_OUT', 'ROWS_DIFFER']),
  );
  expect([...DOC.matchAll(/^### (.*)$/gm)].map(([, name]) => name)).toEqual(codes);
});

test.each([...sections])('%s has cause, what a restore does, remedy and an example', (_code, section) => {
  expect(section).toMatch(/Cause: .*In a restore: .*Remedy: .*Example: `[^`]+`$/);
});

test.each([...sections])('the example of %s is in the words of the sources', (_code, section) => {
  const example = /Example: `([^`]+)`$/.exec(section)?.[1] ?? '';
  expect(written.filter((one) => one.test(example)).map(String)).not.toEqual([]);
});
