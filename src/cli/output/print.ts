import { once } from 'node:events';
import { harmless, harmlessJson, harmlessLines } from './harmless.ts';
import { type Column, formatTable } from './table.ts';

export const FORMATS = ['table', 'json', 'id'] as const;
export type Format = (typeof FORMATS)[number];

/** Where a command writes: data to stdout, all else to stderr. */
export interface Output {
  readonly format: Format;
  data(text: string): void;
  /** Many lines at once; resolves when there is room for more, so that a slow reader fills no memory. */
  lines(texts: readonly string[]): Promise<void>;
  note(text: string): void;
}

export function createOutput(
  format: Format | undefined,
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
): Output {
  // What servers and people put into names and messages is written by all commands: nothing of it acts.
  const shown = format === 'json' ? harmlessJson : harmlessLines;
  return {
    format: format ?? 'table',
    data: (text) => void stdout.write(`${shown(text)}\n`),
    async lines(texts) {
      if (texts.length === 0 || stdout.write(`${texts.map(shown).join('\n')}\n`)) return;
      await once(stdout, 'drain');
    },
    note: (text) => void stderr.write(`${harmlessLines(text)}\n`),
  };
}

type Identified = { readonly id: string };

/** Of the terminal that is written to; null for a pipe. */
export const terminalWidth = () => (process.stdout.isTTY ? process.stdout.columns : null);

/** A list: an array in JSON, what `idOf` makes of each, a line a row, or a table. */
export function printRows<Row>(
  output: Output,
  rows: readonly Row[],
  idOf: (row: Row) => string,
  columns: readonly Column<Row>[],
): void {
  if (output.format === 'json') output.data(JSON.stringify(rows, null, 2));
  else if (output.format === 'id') for (const row of rows) output.data(harmless(idOf(row)));
  else if (rows.length === 0) output.note('There are none.');
  else output.data(formatTable(rows, columns, terminalWidth()));
}

/** A list of what has ids. */
export function printList<Row extends Identified>(
  output: Output,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): void {
  printRows(output, rows, ({ id }) => id, columns);
}

/** One noun: an object in JSON, its id, or its fields, a line each. */
export function printOne<Row extends Identified>(output: Output, row: Row): void {
  if (output.format === 'json') output.data(JSON.stringify(row, null, 2));
  else output.data(output.format === 'id' ? row.id : formatFields(row));
}

/** `name: value` a line, of a list a line each; what is empty is left out. */
export function formatFields(row: object): string {
  const shown = Object.entries(row).filter(
    ([name, value]) =>
      name !== '__typename' &&
      value !== null &&
      value !== '' &&
      !(Array.isArray(value) && value.length === 0) &&
      describe(value) !== '',
  );
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 1;
  const line = (name: string, value: unknown) => `${name.padEnd(width)} ${harmless(describe(value))}`;
  return shown
    .flatMap(([name, value]) =>
      isListOfRecords(value)
        ? value.map((one, index) => line(index === 0 ? `${name}:` : '', one))
        : [line(`${name}:`, value)],
    )
    .join('\n');
}

const isListOfRecords = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.some(isRecord) && !isLabels(value);
const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** `app (owner app, sizeBytes 7471619)` of what has a name, `host 10.0.0.4, port 5432` of what has none. */
function describe(value: unknown): string {
  if (isLabels(value)) return value.map(({ key, value: of }) => `${key}=${of}`).join(', ');
  if (Array.isArray(value)) return value.map(describe).join(', ');
  if (!isRecord(value)) return String(value);
  const { name = null, ...rest } = value as Record<string, unknown>;
  const parts = Object.entries(rest)
    .filter(([key, one]) => key !== '__typename' && one !== null)
    .map(([key, one]) => `${key} ${isRecord(one) ? `(${describe(one)})` : String(one)}`);
  if (name === null) return parts.join(', ');
  return parts.length === 0 ? String(name) : `${String(name)} (${parts.join(', ')})`;
}

function isLabels(value: unknown): value is readonly { key: string; value: string }[] {
  return (
    Array.isArray(value) &&
    value.every((one) => typeof one === 'object' && one !== null && 'key' in one && 'value' in one)
  );
}

/** How long ago, as `kubectl` writes it. */
export function formatAge(at: string | null | undefined, now = Date.now()): string | null {
  if (!at) return null;
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** To the second, which a row of a table has room for: `2026-11-30T09:30:49Z`. */
export function formatTime(at: string | null | undefined): string | null {
  return at ? at.replace(/\.\d+(?=Z$)/, '') : null;
}

/** What was deleted: its id. */
export function printDeleted(output: Output, id: string): void {
  output.data(output.format === 'json' ? JSON.stringify({ id }, null, 2) : id);
}

/**
 * What a mutation made that shows a secret once: the secret alone on stdout, what it belongs to on stderr. In JSON the whole
 * payload; by id the id, with a word that the secret is gone.
 */
export function printShownOnce(output: Output, payload: object, thing: Identified, secret: string | null): void {
  if (output.format === 'json') output.data(JSON.stringify(payload, null, 2));
  else if (output.format === 'id') {
    output.data(thing.id);
    if (secret !== null) output.note('Its secret is not shown with -o id, and cannot be shown again.');
  } else if (secret === null) output.data(formatFields(thing));
  else {
    output.note(formatFields(thing));
    output.data(secret);
  }
}
