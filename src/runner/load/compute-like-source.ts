import { databaseSetting } from './entries/search-paths.ts';
import type { LoadSession } from './load-session.ts';
import type { TocEntry } from './toc/toc-entry.ts';

/**
 * What values hang on that are computed while rows come, by functions that are called immutable and are not quite: generated
 * columns, indexes, materialized views. None of them changes how the rows of a dump are read.
 */
const COMPUTED_BY = [
  'TimeZone',
  'default_text_search_config',
  'lc_time',
  'lc_numeric',
  'plpgsql.variable_conflict',
] as const;

/** Sets those as the source's database has them, or its server. What is not to be had here stays as it is. */
export async function computeLikeSource(
  session: LoadSession,
  entries: readonly TocEntry[],
  ofServer: ReadonlyMap<string, string>,
): Promise<void> {
  for (const name of COMPUTED_BY) {
    const server = ofServer.get(name);
    const written =
      databaseSetting(entries, name) ?? (server === undefined ? null : `'${server.replaceAll("'", "''")}'`);
    if (written !== null) await session.attempt(`SET "${name}" TO ${written}`);
  }
}

/** Sets them back to what sessions of ours have, by which things are compared. */
export async function computeLikeAnybody(session: LoadSession): Promise<void> {
  for (const name of COMPUTED_BY) await session.attempt(`RESET "${name}"`);
}
