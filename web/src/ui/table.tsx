import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useMedia } from './use-media.ts';

const NARROW = '(max-width: 47.5em)';
/** More columns than so many need more room than a small window has beside the places. */
const ROOMS = [
  { columns: 7, narrow: '(max-width: 68.75em)' },
  { columns: 6, narrow: '(max-width: 62em)' },
] as const;
/** So many have room for sentences as well. */
const FEW = 3;
/** Below which width the columns have no room. */
function narrowFor(columns: readonly Pick<Column<never>, 'isLong'>[]): string {
  const { length } = columns;
  if (length > FEW && columns.some(({ isLong }) => isLong)) return ROOMS[0].narrow;
  return ROOMS.find((one) => length > one.columns)?.narrow ?? NARROW;
}

/** A column of a table: what a row shows in it, and by what it is sorted. */
export interface Column<Row> {
  readonly id: string;
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Rows are sorted by it when the head is pressed. */
  readonly sortBy?: (row: Row) => string | number;
  readonly align?: 'end';
  /** Left out where the window is not wide, or only where it is narrow: the page of the row says it. */
  readonly isSpare?: boolean | 'narrow';
  /** Sentences stand in it, which need more room than words. */
  readonly isLong?: boolean;
  /** The one that names the row. */
  readonly isTitle?: boolean;
}

export interface Sorting {
  readonly column: string;
  readonly isDown: boolean;
}

function classOf({
  align,
  isTitle,
  isSpare,
}: Pick<Column<never>, 'align' | 'isTitle' | 'isSpare'>): string | undefined {
  const spare = isSpare === 'narrow' ? 'spare-narrow-cell' : isSpare ? 'spare-cell' : '';
  return [align, isTitle ? 'title-cell' : '', spare].filter(Boolean).join(' ') || undefined;
}

/** Sorted as asked for; rows that are equal keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | null,
): readonly Row[] {
  const by = columns.find(({ id }) => id === sorting?.column)?.sortBy;
  if (by === undefined || sorting === null) return rows;
  const compare = (a: Row, b: Row) => {
    const [one, other] = [by(a), by(b)];
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    return String(one).localeCompare(String(other), 'en', { numeric: true });
  };
  return [...rows].sort((a, b) => (sorting.isDown ? -compare(a, b) : compare(a, b)));
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly nameOf: (row: Row) => string;
  /** Where Enter, and the row's title, lead. */
  readonly linkOf?: (row: Row) => string;
  readonly sorting?: Sorting | null;
  readonly onSort?: (sorting: Sorting) => void;
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (selected: ReadonlySet<string>) => void;
}

/**
 * Rows of the same kind. `j` and `k` move the focus, Enter opens; the row with the focus keeps it while others move. On a
 * narrow screen each row is a card with the same fields in the same order.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, idOf, nameOf, linkOf, sorting = null, onSort, selected, onSelect } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const navigate = useNavigate();
  const isCards = useMedia(narrowFor(columns));

  const move = (by: number) => {
    const all = [...(body.current?.rows ?? [])];
    const at = all.findIndex((row) => row.contains(document.activeElement));
    all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]?.focus();
  };

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'j') move(1);
      else if (event.key === 'k') move(-1);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });

  const onRowKey = (event: KeyboardEvent<HTMLTableRowElement>, row: Row) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter' && linkOf !== undefined) void navigate(linkOf(row));
    else if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === ' ' && onSelect !== undefined) toggle(row);
    else return;
    event.preventDefault();
  };
  const toggle = (row: Row) => {
    const next = new Set(selected);
    if (!next.delete(idOf(row))) next.add(idOf(row));
    onSelect?.(next);
  };
  const areAll = rows.length > 0 && rows.every((row) => selected?.has(idOf(row)));

  return (
    <table className={`table${isCards ? ' cards' : ''}`} aria-label={label}>
      <thead>
        <tr>
          {onSelect !== undefined && (
            <th scope="col" className="select-cell">
              <input
                type="checkbox"
                aria-label={`Select all ${rows.length}`}
                checked={areAll}
                onChange={() => onSelect(areAll ? new Set() : new Set(rows.map(idOf)))}
              />
            </th>
          )}
          {columns.map((column) => {
            const { id, name, sortBy } = column;
            const isSorted = sorting?.column === id;
            return (
              <th
                key={id}
                scope="col"
                className={classOf({ ...column, isTitle: false })}
                aria-sort={isSorted ? (sorting.isDown ? 'descending' : 'ascending') : undefined}
              >
                {sortBy !== undefined && onSort !== undefined ? (
                  <button
                    type="button"
                    className="sort"
                    onClick={() => onSort({ column: id, isDown: isSorted ? !sorting.isDown : false })}
                  >
                    {name}
                    <span aria-hidden="true">{isSorted ? (sorting.isDown ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                ) : (
                  name
                )}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map((row) => (
          <tr key={idOf(row)} tabIndex={-1} onKeyDown={(event) => onRowKey(event, row)}>
            {onSelect !== undefined && (
              <td className="select-cell">
                <input
                  type="checkbox"
                  aria-label={`Select ${nameOf(row)}`}
                  checked={selected?.has(idOf(row)) ?? false}
                  onChange={() => toggle(row)}
                />
              </td>
            )}
            {columns.map((column) => (
              <td key={column.id} data-name={column.name} className={classOf(column)}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Whether keys are being written somewhere. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable], [role="dialog"], [role="menu"]',
    ) !== null
  );
}
