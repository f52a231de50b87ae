import type { DumpFiles } from '../../../load/data/dump-files.ts';
import { TocError } from '../../../load/toc/byte-reader.ts';
import type { TocEntry } from '../../../load/toc/toc-entry.ts';
import { rightsAfter } from './rights.ts';

/** What a large object is beside its content. Names and texts have one byte a character. */
export interface LargeObject {
  readonly id: number;
  readonly owner: string;
  readonly rights: ReadonlySet<string>;
  readonly comment: string;
  readonly labels: string;
}

const LINE = /^([0-9]{1,10}) (blob_[0-9]{1,10}\.dat)$/;
const NUMBER = /^[0-9]+$/;
const OF_ONE = /^LARGE OBJECT ([0-9]{1,10})$/;
const SAID = /^(?:COMMENT|SECURITY LABEL FOR ("(?:[^"]|"")*"|\S+)) ON LARGE OBJECT \d+ IS ( ?E)?'((?:[^']|'')*)';\s*$/;

/** Whether the entry says something of large objects, whatever kind of thing. */
export function isOfLargeObjects({ kind, tag }: Pick<TocEntry, 'kind' | 'tag'>): boolean {
  if (kind.startsWith('BLOB')) return true;
  return (kind === 'ACL' || kind === 'COMMENT' || kind === 'SECURITY LABEL') && /^LARGE OBJECTS? [0-9]/.test(tag);
}

/** Cuts what comes into pieces of this many at most. */
export function* inSlices<T>(items: Iterable<T>, atMost: number): Generator<readonly T[]> {
  let slice: T[] = [];
  for (const item of items) {
    slice.push(item);
    if (slice.length < atMost) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/** A large object of the dump with the file of its content. */
export interface DumpedContent {
  readonly id: number;
  readonly file: string;
}

/** The contents that the lists of a dump name, so many at once at most. Throws TocError for a line that is none. */
export async function* dumpedContents(
  entries: readonly TocEntry[],
  files: Pick<DumpFiles, 'lines'>,
  atOnce: number,
): AsyncGenerator<readonly DumpedContent[]> {
  for (const { kind, file } of entries) {
    if (kind !== 'BLOBS' || file === null) continue;
    let slice: DumpedContent[] = [];
    for await (const line of files.lines(file)) {
      if (line === '') continue;
      slice.push(contentOf(line));
      if (slice.length < atOnce) continue;
      yield slice;
      slice = [];
    }
    if (slice.length > 0) yield slice;
  }
}

function contentOf(line: string): DumpedContent {
  const [, id, file] = LINE.exec(line) ?? [];
  if (id !== undefined && file !== undefined) return { id: Number(id), file };
  throw new TocError('the list of large objects holds a line that is none');
}

/** The large objects of a dump, each as it is there beside its content. */
export function* dumpedObjects(entries: readonly TocEntry[]): Generator<LargeObject> {
  const [granted, said] = [new Map<number, TocEntry>(), new Map<number, TocEntry[]>()];
  const ofGroups = new Map<number, TocEntry>();
  for (const entry of entries) {
    if (!isOfLargeObjects(entry) || entry.kind.startsWith('BLOB')) continue;
    const id = Number(OF_ONE.exec(entry.tag)?.[1] ?? Number.NaN);
    if (entry.kind !== 'ACL') said.set(id, [...(said.get(id) ?? []), entry]);
    else if (Number.isNaN(id)) for (const group of entry.dependsOn) ofGroups.set(group, entry);
    else granted.set(id, entry);
  }
  for (const entry of entries) {
    if (entry.kind !== 'BLOB' && entry.kind !== 'BLOB METADATA') continue;
    const owner = entry.owner ?? '';
    const ids = entry.kind === 'BLOB' ? [entry.tag] : entry.define.split('\n').filter((line) => NUMBER.test(line));
    const ofGroup = rightsAfter(owner, ofGroups.get(entry.id)?.define ?? '');
    for (const id of ids.map(Number)) {
      const own = granted.get(id);
      yield {
        id,
        owner,
        rights: own === undefined ? ofGroup : rightsAfter(owner, own.define),
        ...whatIsSaid(said.get(id) ?? []),
      };
    }
  }
}

function whatIsSaid(entries: readonly TocEntry[]): Pick<LargeObject, 'comment' | 'labels'> {
  let comment = '';
  const labels: string[] = [];
  for (const { define } of entries) {
    const [, provider, isEscaped, literal] = SAID.exec(define) ?? [];
    if (literal === undefined) throw new TocError('what is said of a large object is not written as pg_dump does');
    const plain = literal.replaceAll("''", "'");
    const value = isEscaped === undefined ? plain : plain.replaceAll('\\\\', '\\');
    if (provider === undefined) comment = value;
    else labels.push(`${provider.replace(/^"|"$/g, '').replaceAll('""', '"')}: ${value}`);
  }
  return { comment, labels: labels.sort().join('\n') };
}
