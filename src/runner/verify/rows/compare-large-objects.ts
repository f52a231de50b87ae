import { createHash } from 'node:crypto';
import type { Session } from '../../../guarded-postgres/session.ts';
import type { DumpFiles } from '../../load/data/dump-files.ts';
import { TocError } from '../../load/toc/byte-reader.ts';
import type { TocEntry } from '../../load/toc/toc-entry.ts';
import { ROWS_DIFFER, type TableGround } from './compare-tables.ts';

const ALL_PAGES = 'COPY (SELECT loid, pageno, data FROM pg_largeobject ORDER BY loid, pageno) TO STDOUT';
const LARGEST = 2 ** 50;
const PAGE_BYTES = 2048;

/** Hashes the large objects as their pages come, in order: what no page is there for is zeros. */
export function createObjectSums() {
  const sums = new Map<string, string>();
  let current: {
    readonly id: string;
    readonly digest: ReturnType<typeof createHash>;
    page: number;
    held: Buffer;
  } | null = null;
  const finish = () => {
    if (current === null) return;
    current.digest.update(current.held);
    sums.set(current.id, current.digest.digest('hex'));
  };
  return {
    take(row: Buffer): void {
      const [id = '', page = '', data = ''] = row.toString('latin1').trimEnd().split('\t');
      if (current === null || current.id !== id) {
        finish();
        current = { id, digest: createHash('sha256'), page: 0, held: Buffer.alloc(0) };
      }
      const at = Number(page);
      if (at > current.page || current.held.length > 0) {
        // Only the last page may be short.
        current.digest.update(current.held).update(Buffer.alloc(PAGE_BYTES - (current.held.length || PAGE_BYTES)));
        for (let gap = current.page + (current.held.length > 0 ? 1 : 0); gap < at; gap += 1) {
          current.digest.update(Buffer.alloc(PAGE_BYTES));
        }
      }
      current.page = at;
      current.held = Buffer.from(data.replace(/^\\\\x/, ''), 'hex');
    },
    end(): ReadonlyMap<string, string> {
      finish();
      return sums;
    },
  };
}

async function sumHere(session: Session): Promise<ReadonlyMap<string, string>> {
  const sums = createObjectSums();
  await session.copyOut(ALL_PAGES, (row) => sums.take(row), LARGEST);
  return sums.end();
}

const EMPTY = createHash('sha256').digest('hex');

async function sumDumped(files: DumpFiles, file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of files.read(file)) digest.update(chunk);
  return digest.digest('hex');
}

/** Compares every large object of the dump with the one here; answers with how many there are. */
export async function compareLargeObjects(
  { session, files, told }: TableGround,
  entries: readonly TocEntry[],
): Promise<number> {
  const lists = entries.flatMap(({ kind, file }) => (kind === 'BLOBS' && file !== null ? [file] : []));
  if (lists.length === 0) return 0;
  const here = await sumHere(session);
  const wrong: string[] = [];
  let count = 0;
  for (const list of lists) {
    for (const line of ((await files.text(list)) ?? '').split('\n').filter((text) => text !== '')) {
      const [, id = '', file] = /^([0-9]{1,10}) (blob_[0-9]{1,10}\.dat)$/.exec(line) ?? [];
      if (file === undefined) throw new TocError('the list of large objects holds a line that is none');
      count += 1;
      if ((here.get(id) ?? EMPTY) !== (await sumDumped(files, file))) wrong.push(id);
    }
  }
  if (wrong.length > 0) {
    const named = wrong.slice(0, 10).join(', ');
    told.tell({
      code: ROWS_DIFFER,
      severity: 'CRITICAL',
      object: null,
      says: `${wrong.length} large objects have other content or are not there: ${named}`,
      cause: null,
      remedy: null,
    });
  }
  return count;
}
