import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openAttemptRecord } from '../../../../src/runner/attempt/record-attempt.ts';

test('a log that would have no end is cut and says so, and the cause of a failure is kept all the same', () => {
  const directory = mkdtempSync('/tmp/toygres-record-');
  try {
    const record = openAttemptRecord(directory, 10_000);
    for (let nth = 1; nth <= 10_000; nth += 1) record.take(`pg_dump: NOTICE number ${nth}`);
    record.take('::toygres:: error the server talks without end');
    record.close();
    const lines = readFileSync(path.join(directory, 'log'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^\d+\.\d{3} pg_dump: NOTICE number 1$/);
    expect(lines.at(-1)).toMatch(/^\d+\.\d{3} the log has 10000 bytes: what is said from here on is left out$/);
    expect(lines.join('\n').length).toBeLessThan(10_100);
    expect(readFileSync(path.join(directory, 'error'), 'utf8').trim()).toBe('the server talks without end');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
