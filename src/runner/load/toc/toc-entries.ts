import type { TocEntry } from './toc-entry.ts';

/** As many as pg_dump itself takes into one entry from version 17 on. */
const IN_A_GROUP = 1_000;
const MADE = /^SELECT pg_catalog\.lo_create\('([0-9]{1,10})'\);\s*$/;

/** Large objects of one owner that are to be one entry. */
interface Group {
  readonly first: TocEntry;
  readonly numbers: string[];
}

/**
 * The entries of a table of contents, as they come. Up to version 16 each large object has one of its own, of which there may be
 * millions: those of one owner are kept as entries of a thousand, as pg_dump writes them from version 17 on.
 */
export class TocEntries {
  private readonly entries: TocEntry[] = [];
  private readonly groups = new Map<string | null, Group>();

  add(entry: TocEntry): void {
    const number = entry.kind === 'BLOB' ? MADE.exec(entry.define)?.[1] : undefined;
    if (number === undefined || number !== entry.tag) {
      this.entries.push(entry);
      return;
    }
    const group = this.groups.get(entry.owner) ?? { first: entry, numbers: [] };
    this.groups.set(entry.owner, group);
    group.numbers.push(number);
    if (group.numbers.length >= IN_A_GROUP) this.close(group);
  }

  /** When all were added. */
  all(): readonly TocEntry[] {
    for (const group of this.groups.values()) this.close(group);
    return this.entries;
  }

  private close({ first, numbers }: Group): void {
    this.groups.delete(first.owner);
    // A copy of its own: a text that is cut out of another keeps all of that.
    const define = Buffer.from(`${numbers.join('\n')}\n`).toString('latin1');
    const tag = numbers.length === 1 ? first.tag : `${first.tag}..${numbers.at(-1)}`;
    this.entries.push({ ...first, kind: 'BLOB METADATA', tag, define, drop: '', copy: '' });
  }
}
