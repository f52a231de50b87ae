import { objectOf, writeIdentifier } from '../../load/entries/object-name.ts';
import type { Told } from '../../load/findings.ts';
import { leftOut } from '../../load/mend/left-out.ts';
import type { TocEntry } from '../../load/toc/toc-entry.ts';
import { isOfLargeObjects } from '../rows/large-objects/dumped-objects.ts';
import { differingLines, isSameDefinition } from './same-definition.ts';

/** Text that is read as a whole: the order of its lines is part of it. */
const WHOLE: ReadonlySet<string> = new Set(['FUNCTION', 'PROCEDURE', 'AGGREGATE', 'VIEW', 'MATERIALIZED VIEW', 'RULE']);

/** What stands in the order of what needs rows, and is rows itself. */
const FILLED: ReadonlySet<string> = new Set(['MATERIALIZED VIEW DATA', 'STATISTICS DATA']);

/** Not what is compared by its rows, nor large objects. Grants and comments stand in no section. */
const isObject = (entry: TocEntry) => entry.section !== 'DATA' && !FILLED.has(entry.kind) && !isOfLargeObjects(entry);

const keyOf = ({ kind, namespace, tag }: TocEntry) => [kind, namespace ?? '', tag].join('\0');

const CONSTRAINT_LINE = /^CONSTRAINT ("(?:[^"]|"")*"|\S+) CHECK /;

/**
 * Holds the objects of a dump against those of a dump of what came back from it: which there are, whose they are, and what
 * they are made of. Answers with how many there are in the first.
 */
export function compareObjects(source: readonly TocEntry[], here: readonly TocEntry[], told: Told): number {
  const left = new Map<string, TocEntry[]>();
  for (const entry of here.filter(isObject)) {
    const key = keyOf(entry);
    left.set(key, [...(left.get(key) ?? []), entry]);
  }
  const objects = source.filter(isObject);
  for (const entry of objects) {
    const candidates = left.get(keyOf(entry)) ?? [];
    const at = Math.max(
      0,
      candidates.findIndex((one) => isSame(entry, one)),
    );
    const [found] = candidates.splice(at, 1);
    if (found === undefined) tellMissing(entry, told);
    else compareOne(entry, found, left, told);
  }
  return objects.length;
}

function isSame(entry: TocEntry, found: TocEntry): boolean {
  if (WHOLE.has(entry.kind)) return isSameDefinition(entry.define, found.define);
  const { lost, more } = differingLines(entry.define, found.define);
  return lost.length === 0 && more.length === 0;
}

function tellMissing(entry: TocEntry, told: Told): void {
  const { code, severity } = leftOut(entry);
  told.tell({
    code,
    severity,
    object: objectOf(entry),
    says: `(${entry.kind}) is not there`,
    cause: null,
    remedy: entry.define.trim() || null,
  });
}

function compareOne(
  entry: TocEntry,
  found: TocEntry,
  here: ReadonlyMap<string, readonly TocEntry[]>,
  told: Told,
): void {
  const object = objectOf(entry);
  if (entry.owner !== found.owner) {
    told.tell({
      code: 'OWNER_CHANGED',
      severity: 'WARNING',
      object,
      says: `belongs to ${found.owner ?? 'nobody'} instead of ${entry.owner ?? 'nobody'}`,
      cause: null,
      remedy: null,
    });
  }
  if (isSame(entry, found)) return;
  const { lost, more } = WHOLE.has(entry.kind) ? { lost: [''], more: [] } : differingLines(entry.define, found.define);
  // A check that rows do not meet stands apart from its table here, not valid.
  const isApart = (line: string) => {
    const [, name] = CONSTRAINT_LINE.exec(line) ?? [];
    const plain = name?.replace(/^"|"$/g, '').replaceAll('""', '"');
    const apart = here.get(['CHECK CONSTRAINT', entry.namespace ?? '', `${entry.tag} ${plain}`].join('\0'));
    if (name === undefined || apart === undefined) return false;
    const table = [entry.namespace ?? '', entry.tag].map(writeIdentifier).join('.');
    told.tell({
      code: 'CONSTRAINT_NOT_VALID',
      severity: 'WARNING',
      object: `${name} on ${table}`,
      says: 'is there and is not valid',
      cause: null,
      remedy: null,
    });
    return true;
  };
  if (lost.length > 0 && more.length === 0 && lost.every(isApart)) return;
  told.tell({
    code: 'DEFINITION_DIFFERS',
    severity: 'WARNING',
    object,
    says: `(${entry.kind}) is not made as it was`,
    cause: null,
    remedy: entry.define.trim() || null,
  });
}
