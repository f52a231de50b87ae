import type { TableSize } from '../../facts/database-facts.ts';
import type { Task } from '../task.ts';
import type { TocEntry } from '../toc/toc-entry.ts';

/** Loading a row takes as long as so many bytes more of the table. */
const ROW_BYTES = 160;
/** What a file unpacks to where nobody told. */
const UNPACKED = 4;

/** How large the tables were on the source, as far as was told. */
export interface TableSizes {
  /** Of the tables that the entry is made of; 0 where it was not told. */
  bytesBehind(entry: TocEntry): number;
  /** What loading the rows takes, in bytes of a table; `stored`: how large their file is. */
  work(task: Task, stored: number): number;
}

const keyOf = (schema: string, name: string) => JSON.stringify([schema, name]);

/** `told`: by the source. `find`: an entry of the dump by its id. */
export function readTableSizes(told: readonly TableSize[], find: (id: number) => TocEntry | undefined): TableSizes {
  const sizes = new Map(told.map((one) => [keyOf(one.schema, one.name), one]));
  const sizeOf = ({ namespace, tag }: TocEntry) => sizes.get(keyOf(namespace ?? '', tag));
  return {
    bytesBehind: ({ dependsOn }) => {
      const tables = dependsOn.flatMap((id) => find(id) ?? []).filter(({ kind }) => kind === 'TABLE');
      return tables.reduce((sum, table) => sum + (sizeOf(table)?.bytes ?? 0), 0);
    },
    work: ({ entry }, stored) => {
      const size = entry.kind === 'TABLE DATA' ? sizeOf(entry) : undefined;
      return size === undefined ? stored * UNPACKED : size.bytes + size.rows * ROW_BYTES;
    },
  };
}
