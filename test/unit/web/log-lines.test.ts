import { describe, expect, it } from 'vitest';
import { LogLines } from '../../../web/src/ui/log-lines.ts';

const line = (number: number, text = `line ${number}`) => ({ line: number, at: null, text });
const many = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const numbers = (lines: LogLines) => lines.all().map((one) => one.line);

describe('LogLines', () => {
  it('holds what came, and begins anew where a part replaces it', () => {
    const lines = new LogLines();
    lines.put({ lines: [line(1), line(2)] });
    lines.put({ lines: [line(3)] });
    expect(numbers(lines)).toEqual([1, 2, 3]);
    lines.put({ replaces: true, lines: [line(9)] });
    expect(numbers(lines)).toEqual([9]);
  });

  it('leaves out what is for terminals alone, and nothing else', () => {
    const lines = new LogLines();
    lines.put({ lines: [line(1, '\u001b[31mred\u001b[0m [31m <b>\u202e')] });
    expect(lines.at(0)?.text).toBe('red [31m <b>\u202e');
  });

  it('forgets the oldest lines of a log without end, and knows how many', () => {
    const lines = new LogLines();
    for (let from = 1; from <= 250_001; from += 1_000) lines.put({ lines: many(from, from + 999) });
    expect(lines.count).toBe(200_000);
    expect(lines.forgotten).toBe(51_000);
    expect(lines.at(0)?.line).toBe(51_001);
    expect(lines.at(199_999)?.line).toBe(251_000);
  });

  it('forgets few but long lines as well, and keeps the newest whatever its length', () => {
    const lines = new LogLines({ lines: 100, characters: 1_000 });
    for (let number = 1; number <= 5; number += 1) lines.put({ lines: [line(number, 'x'.repeat(400))] });
    expect(numbers(lines)).toEqual([4, 5]);
    lines.put({ lines: [line(6, 'x'.repeat(5_000))] });
    expect(numbers(lines)).toEqual([6]);
    expect(lines.forgotten).toBe(5);
  });

  it('stays as it is while somebody reads, and counts what is left out of the meantime', () => {
    const lines = new LogLines({ lines: 10, characters: 10_000 });
    lines.put({ lines: many(1, 4) });
    lines.hold();
    lines.hold();
    lines.put({ lines: many(5, 29) });
    expect(numbers(lines)).toEqual([1, 2, 3, 4]);
    expect(lines.waiting).toBe(25);
    lines.release();
    expect(numbers(lines)).toEqual(many(20, 29).map((one) => one.line));
    expect([lines.waiting, lines.forgotten]).toEqual([0, 19]);
    lines.hold();
    lines.put({ lines: [line(30)] });
    lines.release();
    expect(numbers(lines).slice(-2)).toEqual([29, 30]);
  });

  it('finds a text in any case of its letters, also in lines that come later, and forgets what is no more', () => {
    const lines = new LogLines({ lines: 4, characters: 10_000 });
    lines.put({ lines: [line(1, 'An ERROR'), line(2, 'none'), line(3, 'error')] });
    expect(lines.find('Error')).toEqual([0, 2]);
    expect(lines.find('')).toEqual([]);
    expect(lines.find('error')).toEqual([0, 2]);
    lines.put({ lines: [line(4), line(5, 'Error')] });
    expect(lines.find('error')).toEqual([1, 3]);
    expect(lines.find('none')).toEqual([0]);
  });

  it('finds the same by a text that is typed letter by letter, taken back, and while lines come and go', () => {
    const lines = new LogLines({ lines: 100, characters: 10_000 });
    const plain = (needle: string) => lines.all().flatMap((one, index) => (one.text.includes(needle) ? [index] : []));
    lines.put({ lines: many(1, 90) });
    for (const needle of ['l', 'li', 'line', 'line 1', 'line 11', 'line 1', 'ne', '1', '', '7', 'line 7'])
      expect(lines.find(needle), needle).toEqual(needle === '' ? [] : plain(needle));
    lines.put({ lines: many(91, 177) });
    for (const needle of ['line 7', 'line 77', 'line 17', '17'])
      expect(lines.find(needle), needle).toEqual(plain(needle));
    // Asked for again at each scroll: the same answer takes no time.
    expect(lines.find('17')).toBe(lines.find('17'));
    lines.put({ replaces: true, lines: many(170, 180) });
    expect(lines.find('17')).toEqual(plain('17'));
  });
});
