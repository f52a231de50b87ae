import type { ToTell } from '../../../load/findings.ts';
import type { TocEntry } from '../../../load/toc/toc-entry.ts';
import { ROWS_DIFFER, type TableGround } from '../compare-tables.ts';
import { dumpedObjects, inSlices, type LargeObject } from './dumped-objects.ts';
import { readObjectsHere } from './objects-here.ts';
import { createTally, NAMED_AT_MOST } from './tally.ts';

type Difference = Pick<ToTell, 'code' | 'severity' | 'says'>;

/**
 * Tells large objects of the dump that are not here, and those of another owner, or of which something else is granted or said.
 * Answers with how many are not here.
 */
export async function compareFacts(
  { session, told }: Pick<TableGround, 'session' | 'told'>,
  entries: readonly TocEntry[],
  atOnce: number,
): Promise<number> {
  const missing = createTally();
  const kinds = new Map<string, { readonly example: Difference; count: number }>();
  const tell = (id: number, difference: Difference) => {
    const kind = kinds.get(difference.code) ?? { example: difference, count: 0 };
    kinds.set(difference.code, kind);
    kind.count += 1;
    if (kind.count > NAMED_AT_MOST) return;
    const says = `(large object) ${difference.says}`;
    told.tell({ ...difference, says, object: String(id), cause: null, remedy: null });
  };
  for (const slice of inSlices(dumpedObjects(entries), atOnce)) {
    const here = await readObjectsHere(
      session,
      slice.map(({ id }) => id),
    );
    for (const one of slice) {
      const found = here.get(one.id);
      if (found === undefined) missing.add(one.id);
      else for (const difference of differencesOf(one, found)) tell(one.id, difference);
    }
  }
  for (const { example, count } of kinds.values()) {
    if (count <= NAMED_AT_MOST) continue;
    const says = `${count - NAMED_AT_MOST} more large objects, as those that are named`;
    told.tell({ ...example, says, object: null, cause: null, remedy: null });
  }
  if (missing.count > 0) {
    const says = missing.describe('are not there');
    told.tell({ code: ROWS_DIFFER, severity: 'CRITICAL', object: null, says, cause: null, remedy: null });
  }
  return missing.count;
}

function* differencesOf(there: LargeObject, here: LargeObject): Generator<Difference> {
  if (there.owner !== here.owner) {
    const says = `belongs to ${here.owner} instead of ${there.owner}`;
    yield { code: 'OWNER_CHANGED', severity: 'WARNING', says };
  }
  const lost = [...there.rights].filter((right) => !here.rights.has(right));
  const more = [...here.rights].filter((right) => !there.rights.has(right));
  if (lost.length > 0) yield { code: 'PRIVILEGE_LEFT_OUT', severity: 'WARNING', says: `lacks ${lost.join(', ')}` };
  else if (more.length > 0) {
    yield { code: 'DEFINITION_DIFFERS', severity: 'WARNING', says: `gives also ${more.join(', ')}` };
  }
  if (there.labels !== here.labels) {
    yield { code: 'DEFINITION_DIFFERS', severity: 'WARNING', says: 'has other security labels here' };
  }
  if (there.comment !== here.comment) {
    yield { code: 'OBJECT_NOT_CARRIED', severity: 'INFO', says: 'has another comment here' };
  }
}
