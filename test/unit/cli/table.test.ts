import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Column, formatTable } from '../../../src/cli/output/table.ts';

const ROWS = [
  { name: 'orders-of-the-northern-shops', state: 'AVAILABLE', id: 'a'.repeat(36) },
  { name: 'crm', state: 'FAILED', id: 'b'.repeat(36) },
];
type Row = (typeof ROWS)[number];

const columns = (room?: 'spare' | 'whole'): readonly Column<Row>[] => [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'ID', value: ({ id }) => id, ...(room === undefined ? {} : { room }) },
];
const print = (width: number | null, room?: 'spare' | 'whole') =>
  stripVTControlCharacters(formatTable(ROWS, columns(room), width)).split('\n');

describe('a table', () => {
  it('is as wide as its words where a program reads it', () => {
    expect(print(null, 'spare')[1]).toBe(`orders-of-the-northern-shops  AVAILABLE  ${'a'.repeat(36)}`);
  });

  it('leaves the id of what has a name out before it cuts a name', () => {
    expect(print(60, 'spare')).toEqual([
      'NAME                          STATE',
      'orders-of-the-northern-shops  AVAILABLE',
      'crm                           FAILED',
    ]);
    expect(print(100, 'spare')[0]).toMatch(/ID$/);
  });

  it('never cuts an id without which nothing can be done', () => {
    const lines = print(60, 'whole');
    expect(lines[1]).toBe(`orders-of-…  AVAILABLE  ${'a'.repeat(36)}`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('cuts the widest where nothing can be spared', () => {
    for (const line of print(40)) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('leaves out what does not fit even cut, from the last column on, and never the first', () => {
    expect(print(14)).toEqual(['NAME    STATE', 'order…  AVAIL…', 'crm     FAILED']);
    expect(print(12)[0]).toBe('NAME');
    expect(print(44, 'whole')[1]).toBe(`order…  ${'a'.repeat(36)}`);
  });

  it('shows what would act on the terminal, and counts wide letters as two', () => {
    const rows = [{ name: '\u001b[2J', state: '\u65e5\u672c', id: '1' }];
    expect(stripVTControlCharacters(formatTable(rows, columns(), 80)).split('\n')[1]).toBe(
      '\\x1b[2J  \u65e5\u672c   1',
    );
  });
});
