import * as z from 'zod';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import { sql } from '../../../guarded-postgres/sql.ts';
import { objectOf } from '../../load/entries/object-name.ts';
import { refusalOf } from '../../load/load-session.ts';
import { TocError } from '../../load/toc/byte-reader.ts';
import type { TocEntry } from '../../load/toc/toc-entry.ts';
import type { TableGround } from './compare-tables.ts';
import { nameHere } from './table-pairs.ts';

const SET = /setval\(E?'(?:[^']|'')*', (-?\d{1,20}), (true|false)\);\s*$/;
const State = z.tuple([z.string().regex(/^-?\d{1,20}$/), z.enum(['t', 'f'])]);

/** Tells sequences that do not stand where the dump has them: the next number would be one that was given out. */
export async function compareSequences(
  { session, told }: Pick<TableGround, 'session' | 'told'>,
  entries: readonly TocEntry[],
): Promise<void> {
  for (const entry of entries) {
    if (entry.kind !== 'SEQUENCE SET') continue;
    const [, value, isCalled] = SET.exec(entry.define) ?? [];
    if (value === undefined) throw new TocError(`where sequence ${entry.tag} stands is not written as pg_dump does`);
    const tell = (says: string, cause: ServerError | null) =>
      told.tell({
        code: 'SEQUENCE_DIFFERS',
        severity: 'WARNING',
        object: objectOf({ ...entry, drop: '', define: '' }),
        says,
        cause,
        remedy: entry.define.trim(),
      });
    try {
      const [state] = await session.ask({
        sql: sql`SELECT last_value::text, is_called FROM ${nameHere(entry)}`,
        row: State,
      });
      if (state === undefined) tell('has no value', null);
      else if (state[0] !== value || (state[1] === 't') !== (isCalled === 'true')) {
        tell(`stands at ${state[0]} instead of ${value}`, null);
      }
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      tell('cannot be read', refusalOf(error));
    }
  }
}
