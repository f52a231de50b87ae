import type { Meaning } from '../../facts/database-facts.ts';
import type { TocEntry } from '../toc/toc-entry.ts';
import { isComputed, isParsedAnew, namesOf } from './entry-kinds.ts';
import { pathsFor, type SourcePaths } from './search-paths.ts';

/** PostgreSQL's own catalogue alone: what a dump's words ask for. */
const NONE = '';

/** By which search paths each entry is tried. */
export class EntryPaths {
  /** Those that are there by now. */
  extensionSchemas: readonly string[] = [];
  /** Where each of what is no part of PostgreSQL found something on the source, by its name. */
  private readonly meant: ReadonlyMap<string, readonly string[]>;

  constructor(
    meanings: readonly Meaning[],
    private readonly paths: SourcePaths,
  ) {
    this.meant = schemasMeant(meanings);
  }

  /** Whether the definition uses what is no part of PostgreSQL, and so means what the source's search_path made of it. */
  isMeant(entry: TocEntry): boolean {
    return isParsedAnew(entry) && namesOf(entry).some((name) => this.meant.has(name));
  }

  /**
   * The paths to try, in their order, as SET search_path takes them; empty: PostgreSQL's own catalogue alone. That comes first but
   * for what the source's path gave its meaning or its values.
   */
  triesFor(entry: TocEntry): readonly string[] {
    const used = isParsedAnew(entry) ? namesOf(entry).flatMap((name) => this.meant.get(name) ?? []) : [];
    const [likeliest = NONE, ...others] = pathsFor(entry, this.paths, this.extensionSchemas, used);
    return this.isMeant(entry) || isComputed(entry) ? [likeliest, NONE, ...others] : [NONE, likeliest, ...others];
  }
}

/** Schemas, as SQL writes them, in which each definition found what it uses. */
function schemasMeant(meanings: readonly Meaning[]): ReadonlyMap<string, readonly string[]> {
  const meant = new Map<string, readonly string[]>();
  for (const { schema, name, uses } of meanings) {
    const key = `${schema}.${name}`;
    const found = uses.flatMap((one) => /^((?:"(?:[^"]|"")*"|[^".(])+)\./.exec(one)?.slice(1, 2) ?? []);
    meant.set(key, [...new Set([...(meant.get(key) ?? []), ...found])]);
  }
  return meant;
}
