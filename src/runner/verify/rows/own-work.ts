import { objectOf } from '../../load/entries/object-name.ts';
import type { TocEntry } from '../../load/toc/toc-entry.ts';
import type { TableHere } from './table-pairs.ts';

/** What pg_cron writes of its jobs: held, they are inactive in a copy. */
const OF_CRON: ReadonlySet<string> = new Set(['job', 'job_run_details']);

/**
 * Parts the rows that a copy changes rightly from those that are compared: the tables of pg_durable, whose functions are
 * cancelled in it, with those in the schema of its engine, and the jobs of pg_cron, which are held. What is of them is told by
 * the catalogue and the image, never by a name alone. `engine`: null where the image has no state of pg_durable.
 */
export function partOwnWork(
  entries: readonly TocEntry[],
  here: readonly TableHere[],
  engine: string | null,
): { readonly compared: readonly TocEntry[]; readonly own: readonly string[] } {
  const keyOf = (schema: string, name: string) => `${schema}\0${name}`;
  const extensionOf = new Map(here.map(({ schema, name, extension }) => [keyOf(schema.key, name.key), extension]));
  const isOwnWork = ({ kind, namespace, tag }: TocEntry) => {
    if (kind !== 'TABLE DATA') return false;
    const extension = extensionOf.get(keyOf(namespace ?? '', tag));
    if (extension === 'pg_cron') return OF_CRON.has(tag);
    return extension === 'pg_durable' || (engine !== null && namespace === engine);
  };
  return {
    compared: entries.filter((entry) => !isOwnWork(entry)),
    own: entries.filter(isOwnWork).map(objectOf),
  };
}
