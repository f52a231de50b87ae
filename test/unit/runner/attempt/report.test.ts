import { expect, test } from 'vitest';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { createReport } from '../../../../src/runner/attempt/report.ts';

const finding: Finding = {
  code: 'INDEX_LEFT_OUT',
  severity: 'WARNING',
  database: 'shop',
  object: 'public.ix',
  message: 'public.ix was left out',
  remedy: null,
};

/** Messages of the progress that was said. */
const messages = (lines: readonly string[]) =>
  lines.flatMap((line) => {
    const [, json] = /^::toygres:: progress (.*)$/.exec(line) ?? [];
    return json === undefined ? [] : [(JSON.parse(json) as { message: string | null }).message];
  });

test('the latest finding is the message of the step as soon as it is found', () => {
  const lines: string[] = [];
  const report = createReport(
    (line) => lines.push(line),
    () => 0,
  );
  report.phase('restore', 100);
  report.finding(finding);
  report.finding(finding);
  expect(messages(lines)).toEqual([null, 'found INDEX_LEFT_OUT: shop: public.ix: public.ix was left out']);
});

test('what was found before a step began is its first message', () => {
  const lines: string[] = [];
  const report = createReport(
    (line) => lines.push(line),
    () => 0,
  );
  report.finding({ ...finding, database: null, object: null });
  expect(messages(lines)).toEqual([]);
  report.phase('dump', 100);
  report.phase('hash', 100);
  expect(messages(lines)).toEqual(['found INDEX_LEFT_OUT: public.ix was left out', null]);
});
