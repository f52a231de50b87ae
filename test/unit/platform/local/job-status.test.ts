import { expect, test } from 'vitest';
import { parseRecordedLine } from '../../../../src/platform/local/jobs/job-status.ts';

test('a line has the time that stands before it, and none where that is no moment of the calendar', () => {
  expect(parseRecordedLine('1796002967.026000 hello  there')).toEqual({
    at: new Date(1796002967026),
    text: 'hello  there',
  });
  for (const line of ['179601796002967.026000 a', '99e99 b', 'Infinity c', '-1 d', '0 e', 'plain words', ''])
    expect(parseRecordedLine(line), line).toEqual({ at: null, text: line });
});
