import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { placesOf } from '../../../src/cli/completion/places.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import { readBlocks } from '../../support/doc-blocks.ts';
import { ROOT } from '../../support/source-files.ts';

/** Which test runs the blocks of a language on a page; it names the page, and reads them from it. */
const RUN_BY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'README.md': {
    sh: 'test/e2e/docs.test.ts',
    graphql: 'test/e2e/docs.test.ts',
    ts: 'test/e2e/clients.test.ts',
  },
  'docs/clients.md': {
    sh: 'test/e2e/clients.test.ts',
    ts: 'test/e2e/clients.test.ts',
    python: 'test/e2e/clients.test.ts',
  },
  'docs/command-line.md': { sh: 'test/e2e/docs.test.ts' },
  'docs/debugging.md': { sql: 'test/integration/docs/debugging.test.ts' },
  'docs/guides/every-night.md': { graphql: 'test/e2e/docs.test.ts' },
  'docs/guides/prove-an-image.md': { graphql: 'test/e2e/docs.test.ts' },
  'docs/guides/restore.md': { sh: 'test/e2e/docs.test.ts' },
  'docs/guides/rotate.md': { sh: 'test/e2e/docs.test.ts' },
  'docs/restore-by-hand.md': { sh: 'test/integration/runner/restore-by-hand.test.ts' },
  'docs/tutorial.md': { sh: 'test/e2e/docs.test.ts' },
  'docs/where-it-runs.md': {
    nginx: 'test/integration/docs/where-it-runs.test.ts',
    caddyfile: 'test/integration/docs/where-it-runs.test.ts',
  },
};

/** What somebody runs; anything else is looked at, or put into a file. */
const RUN = ['sh', 'bash', 'graphql', 'sql', 'ts', 'js', 'python', 'nginx', 'caddyfile'];

const listed = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
const pages = listed.filter((file) => /^(docs|deploy)\/(?!adr\/)|^[^/]+$/.test(file));

describe('what pages show to be copied', () => {
  test('is run by a test that reads it there, or says why not', async () => {
    const silent: string[] = [];
    for (const page of pages) {
      for (const { language, words, text, reason } of await readBlocks(page)) {
        if (!RUN.includes(language) || reason !== null) continue;
        const runBy = RUN_BY[page]?.[language];
        if (runBy === undefined || /not run/.test(words))
          silent.push(`${page}: ${language} ${words}: ${text.slice(0, 80)}`);
      }
    }
    expect(pages.length).toBeGreaterThan(25);
    expect(silent).toEqual([]);
  });

  test('names commands and options of toygres that there are, in sentences as well', async () => {
    const program = await buildProgram({ environment: {}, signal: new AbortController().signal });
    const places = new Map(placesOf(program).map(({ words, next }) => [words, next.map(({ text }) => text)]));
    const wrong: string[] = [];
    let count = 0;
    for (const page of pages) {
      const text = await readFile(path.join(ROOT, page), 'utf8');
      const lines = [...text.matchAll(/`(?:npx )?toygres ([a-z-][^`]*)`|^ *toygres ([a-z-].*)$/gm)];
      for (const [line, inText, inBlock] of lines) {
        count += 1;
        const words = (inText ?? inBlock ?? '').split(/\s+/);
        let place = '';
        while (places.has(`${place} ${words[0]}`.trim())) place = `${place} ${words.shift()}`.trim();
        const options = words.map((word) => /^--[a-z][a-z-]*/.exec(word)?.[0] ?? '').filter((word) => word !== '');
        // Behind it stand options of psql.
        const own = words.includes('--') ? options.slice(0, words.slice(0, words.indexOf('--')).length) : options;
        const known = [...(places.get(place) ?? []), ...(places.get('') ?? [])];
        const isClient = (places.get(place) ?? []).some((word) => word.startsWith('--') && word !== '--help');
        if (place === '' && own.length === 0) wrong.push(`${page}: ${line}`);
        if (isClient)
          wrong.push(...own.filter((word) => !known.includes(word)).map((word) => `${page}: ${line}: ${word}`));
      }
    }
    expect(count).toBeGreaterThan(60);
    expect(wrong).toEqual([]);
  });

  test('each of those tests names the page, and each of those pages has something for it', async () => {
    const wrong: string[] = [];
    for (const [page, languages] of Object.entries(RUN_BY)) {
      const blocks = await readBlocks(page);
      for (const [language, file] of Object.entries(languages)) {
        if (!(await readFile(path.join(ROOT, file), 'utf8')).includes(page))
          wrong.push(`${file} does not read ${page}`);
        if (!blocks.some((one) => one.language === language && one.reason === null))
          wrong.push(`${page} has no ${language}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
