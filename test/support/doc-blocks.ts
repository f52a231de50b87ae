import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './source-files.ts';

/** A block of a page that somebody may copy. */
export interface DocBlock {
  /** `sh`, `graphql`, ...; empty where it is only looked at. */
  readonly language: string;
  readonly text: string;
  /** What stands beside the language. */
  readonly words: string;
  /** Why no test runs it; null: one does. */
  readonly reason: string | null;
}

/** All blocks of a page, in their order; its path is of the root. */
export async function readBlocks(page: string): Promise<readonly DocBlock[]> {
  const text = await readFile(path.join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(/^ *```(\w*)(?: ([^\n]+))?\n([\s\S]*?)^ *```$/gm)];
  return blocks.map(([, language = '', words = '', inner = '']) => ({
    language,
    words,
    text: inner,
    reason: /^not run: (.{10,})$/.exec(words)?.[1] ?? null,
  }));
}

/** The texts of those of one language that the page says no reason against. */
export async function readRunnable(page: string, language: string): Promise<readonly string[]> {
  const blocks = await readBlocks(page);
  return blocks.filter((one) => one.language === language && one.reason === null).map(({ text }) => text);
}
