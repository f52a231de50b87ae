import type { TocEntry } from '../toc/toc-entry.ts';
import { quoteName, unquoteName } from './object-name.ts';

/** The search paths that a source has set, as SET search_path takes them; null where nobody did. */
export interface SourcePaths {
  readonly server: string | null;
  readonly database: string | null;
  /** By the name of the role; of this database where it is set for it alone. */
  readonly roles: ReadonlyMap<string, string>;
}

const DEFAULT = '"$user", public';

/** A setting that a dump has for its database, as SET takes it; null where it has none. `name`: as PostgreSQL writes it. */
export function databaseSetting(entries: readonly TocEntry[], name: string): string | null {
  const set = new RegExp(`^ALTER DATABASE (?:"(?:[^"]|"")*"|[^\\s"]+) SET "?${name}"? TO ([^\\n]+);$`, 'im');
  for (const { kind, define } of entries) {
    if (kind !== 'DATABASE PROPERTIES') continue;
    const [, value] = set.exec(define) ?? [];
    if (value !== undefined) return value;
  }
  return null;
}

const NAME = '("(?:[^"]|"")*"|[^\\s"]+)';
const IN_DATABASE = new RegExp(`^ALTER ROLE ${NAME} IN DATABASE ${NAME} SET search_path TO ([^\\n]+);$`, 'gm');

/** The paths that a dump sets for roles in its database, by their names. */
export function pathsInDatabase(entries: readonly TocEntry[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { kind, define } of entries) {
    if (kind !== 'DATABASE PROPERTIES') continue;
    for (const [, role = '', , path = ''] of define.matchAll(IN_DATABASE)) found.set(unquoteName(role), path);
  }
  return found;
}

/**
 * The search paths by which the definition of an entry may have found what it names, the likeliest first: what its owner,
 * its database and its server had set; then its own schema before that, with those of the extensions. `used`, schemas as SQL
 * writes them, are where the source's definition found something: each path reaches them, for what is set today may be
 * another one than that by which it was made.
 */
export function pathsFor(
  entry: TocEntry,
  paths: SourcePaths,
  extensionSchemas: readonly string[],
  used: readonly string[] = [],
): string[] {
  const owner = entry.owner ?? '';
  const set = [paths.roles.get(owner), paths.database, paths.server, DEFAULT].filter((one) => typeof one === 'string');
  const named = set.map((one) =>
    one.replaceAll(/"\$user"|'\$user'/g, () => (owner === '' ? '"$user"' : quoteName(owner))),
  );
  const own = entry.namespace === null ? [] : [quoteName(entry.namespace)];
  const wide = [...own, named[0] ?? DEFAULT, ...extensionSchemas.map(quoteName)].join(', ');
  return [...new Set([...named, wide].map((one) => [one, ...used].join(', ')))];
}
