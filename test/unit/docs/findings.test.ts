import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../support/source-files.ts';

const RUNNER = path.join(ROOT, 'src/runner');
const DOC = readFileSync(path.join(ROOT, 'docs/findings.md'), 'utf8');

/** Every code that the programs beside the data say a finding by. */
function codesOfSources(): readonly string[] {
  const files = readdirSync(RUNNER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const found = files.flatMap((file) =>
    [...readFileSync(path.join(RUNNER, file), 'utf8').matchAll(/\bcode: '([A-Z]+_[A-Z_]+)'/g)].map(
      ([, code]) => code ?? '',
    ),
  );
  return [...new Set(found)].sort();
}

const sections = new Map(
  DOC.split(/^### /m)
    .slice(1)
    .map((section) => [section.split('\n')[0] ?? '', section]),
);

test('docs/findings.md has every code that is said, with cause, what a restore does, and remedy', () => {
  const codes = codesOfSources();
  expect(codes).toContain('ROWS_NOT_LOADABLE');
  for (const code of codes)
    expect(sections.get(code) ?? `no section ${code}`).toMatch(/Cause: [\s\S]*In a\srestore:[\s\S]*Remedy:\s/);
});

test('its sections are in order, each once, and whole', () => {
  const names = [...DOC.matchAll(/^### (.*)$/gm)].map(([, name]) => name);
  expect(names).toEqual([...new Set(names)].sort());
  for (const section of sections.values()) expect(section).toMatch(/Cause: [\s\S]*In a\srestore:[\s\S]*Remedy:\s/);
});
