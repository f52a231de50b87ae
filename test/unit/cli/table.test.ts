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

  it('shows of what can be spared as much as there is room for', () => {
    const spared = [
      ...columns('spare'),
      { title: 'N', value: () => 7, align: 'right' as const, room: 'spare' as const },
    ];
    expect(stripVTControlCharacters(formatTable(ROWS, spared, 60)).split('\n')[1]).toBe(
      'orders-of-the-northern-shops  AVAILABLE  7',
    );
  });

  it('never cuts an id without which nothing can be done', () => {
    const lines = print(60, 'whole');
    expect(lines[1]).toBe(`orders-of-…  AVAILABLE  ${'a'.repeat(36)}`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('puts such an id below its row where it would leave no room for the rest', () => {
    expect(print(44, 'whole')).toEqual([
      'NAME                          STATE',
      '  ID',
      'orders-of-the-northern-shops  AVAILABLE',
      `  ${'a'.repeat(36)}`,
      'crm                           FAILED',
      `  ${'b'.repeat(36)}`,
    ]);
  });

  it('leaves out what half a word would not say, rather than cut it', () => {
    const words = columns('spare').map((one) => (one.title === 'STATE' ? { ...one, room: 'word' as const } : one));
    const of = (width: number) => stripVTControlCharacters(formatTable(ROWS, words, width)).split('\n')[1];
    expect(of(22)).toBe('orders-of-…  AVAILABLE');
    expect(of(20)).toBe('orders-of-the-north…');
  });

  it('cuts the widest where nothing can be spared', () => {
    for (const line of print(40)) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('leaves out what does not fit even cut, from the last column on, and never the first', () => {
    expect(print(22)).toEqual(['NAME         STATE', 'orders-of-…  AVAILABLE', 'crm          FAILED']);
    expect(print(14)).toEqual(['NAME', 'orders-of-the…', 'crm']);
  });

  it('shows what would act on the terminal, and counts wide letters as two', () => {
    const rows = [{ name: '\u001b[2J', state: '\u65e5\u672c', id: '1' }];
    expect(stripVTControlCharacters(formatTable(rows, columns(), 80)).split('\n')[1]).toBe(
      '\\x1b[2J  \u65e5\u672c   1',
    );
  });
});
