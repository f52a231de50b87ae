import * as z from 'zod';
import { hexName } from '../../../guarded-postgres/raw-name.ts';
import { objectOf } from '../../load/entries/object-name.ts';
import { leftOut } from '../../load/mend/left-out.ts';
import type { TocEntry } from '../../load/toc/toc-entry.ts';
import type { TableGround } from './compare-tables.ts';

const FILLED = {
  sql: `
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND c.relispopulated`,
  row: z.tuple([hexName, hexName]),
};

/** Tells materialized views that had rows, and are here without any having been gathered. */
export async function tellEmptyViews(
  { session, told }: Pick<TableGround, 'session' | 'told'>,
  entries: readonly TocEntry[],
): Promise<void> {
  const wanted = entries.filter(({ kind }) => kind === 'MATERIALIZED VIEW DATA');
  if (wanted.length === 0) return;
  const filled = new Set((await session.ask(FILLED)).map(([schema, name]) => `${schema.key}\0${name.key}`));
  for (const entry of wanted) {
    if (filled.has(`${entry.namespace}\0${entry.tag}`)) continue;
    told.tell({ ...leftOut(entry), object: objectOf(entry), cause: null, remedy: entry.define.trim() });
  }
}
