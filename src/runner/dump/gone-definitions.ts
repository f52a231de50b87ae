import path from 'node:path';
import { decoderOf } from '../../guarded-postgres/decoder.ts';
import { tellSome } from '../catalogue/tell-some.ts';
import { objectOf } from '../load/entries/object-name.ts';
import { readTocFile } from '../load/toc/read-toc.ts';
import type { TocEntry } from '../load/toc/toc-entry.ts';
import type { DumpGround, SourceDatabase } from './source.ts';

/** Their definition is what the server answers, and nothing besides. */
const ANSWERED: ReadonlySet<string> = new Set(['INDEX', 'STATISTICS', 'TRIGGER', 'RULE']);

/** Whether the server had no definition any more when pg_dump asked for it: then it writes an empty statement, and goes on. */
export function isGone({ kind, define }: Pick<TocEntry, 'kind' | 'define'>): boolean {
  const text = define.trim();
  return text === ';' || (text === '' && ANSWERED.has(kind));
}

/** Tells, of a dump that could not be made whole, each object that it names without a definition. */
export async function tellGone(
  { attempt }: Pick<DumpGround, 'attempt'>,
  { name, encoding }: SourceDatabase,
  directory: string,
  remedy: string,
): Promise<void> {
  const { entries } = await readTocFile(path.join(directory, 'toc.dat'));
  const decode = decoderOf(encoding);
  const gone = entries.filter(isGone).map((entry) => {
    const object = decode(objectOf(entry));
    return {
      code: 'DEFINITION_CHANGED_MEANWHILE' as const,
      severity: 'WARNING' as const,
      database: name.text,
      object,
      message: `${entry.kind.toLowerCase()} ${object} was dropped before its definition was read, and does not come back`,
      remedy,
    };
  });
  tellSome(attempt.report, gone, (count) => ({
    message: `${count} more were dropped before their definitions were read`,
    remedy,
  }));
}
