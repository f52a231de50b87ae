import { describe, expect, it } from 'vitest';
import { findLines, LogLines } from '../../../web/src/ui/log-lines.ts';

const line = (number: number, text = `line ${number}`) => ({ line: number, at: null, text });

describe('LogLines', () => {
  it('holds what came, and begins anew where a part replaces it', () => {
    const lines = new LogLines();
    lines.put({ lines: [line(1), line(2)] });
    lines.put({ lines: [line(3)] });
    expect(lines.all.map((one) => one.line)).toEqual([1, 2, 3]);
    lines.put({ replaces: true, lines: [line(9)] });
    expect(lines.all.map((one) => one.line)).toEqual([9]);
  });

  it('leaves out what is for terminals alone, and nothing else', () => {
    const lines = new LogLines();
    lines.put({ lines: [line(1, '\u001b[31mred\u001b[0m [31m <b>\u202e')] });
    expect(lines.all[0]?.text).toBe('red [31m <b>\u202e');
  });

  it('forgets the oldest lines of a log without end', () => {
    const lines = new LogLines();
    const many = Array.from({ length: 150_000 }, (_, index) => line(index));
    lines.put({ lines: many });
    lines.put({ lines: many });
    expect(lines.all.length).toBe(200_000);
    expect(lines.all[0]?.line).toBe(100_000);
  });

  it('finds a text in any case of its letters', () => {
    expect(findLines([line(1, 'An ERROR'), line(2, 'none'), line(3, 'error')], 'Error')).toEqual([0, 2]);
    expect(findLines([line(1)], '')).toEqual([]);
  });
});
