import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Finding, formatJobMessage, type JobMessage, parseJobLine } from '../../../jobs/ports/job-protocol.ts';
import { SEVERITIES } from '../../../schema/rules/finding-rules.ts';

/** Halves of characters, too. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

const line = fc.string({ maxLength: 60 }).map((text) => text.replace(/[\r\n]/g, ' '));
const finding: fc.Arbitrary<Finding> = fc.record({
  code: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/),
  severity: fc.constantFrom(...SEVERITIES),
  database: fc.option(line),
  object: fc.option(line),
  message: line,
  remedy: fc.option(line),
});
const message: fc.Arbitrary<Exclude<JobMessage, { kind: 'unknown' }>> = fc.oneof(
  line.map((text) => ({ kind: 'error' as const, text })),
  finding.map((found) => ({ kind: 'finding' as const, finding: found })),
  fc.dictionary(fc.string(), fc.integer()).map((result) => ({ kind: 'result' as const, result })),
  fc.constantFrom({ kind: 'deadline' as const }, { kind: 'silent' as const }),
);

describe('the protocol of jobs', () => {
  test('takes no result that would fill the memory, and parses none to know it', () => {
    const before = process.memoryUsage().heapUsed;
    for (const text of [
      `{"a":[${'[],'.repeat(8 << 20)}[]]}`,
      `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
      `{"a":"${'x'.repeat(33 << 20)}"}`,
    ]) {
      expect(parseJobLine(`::toygres:: result ${text}`)).toEqual({ kind: 'result', result: null });
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(256 << 20);
    const many = { findings: Array.from({ length: 50_000 }, (_, nth) => ({ code: 'A_FINDING', object: `t${nth}` })) };
    expect(parseJobLine(`::toygres:: result ${JSON.stringify(many)}`)).toEqual({ kind: 'result', result: many });
  });

  test('reads what it writes', () => {
    fc.assert(
      fc.property(message, (said) => {
        // JSON knows no prototype of an object.
        expect(JSON.stringify(parseJobLine(formatJobMessage(said)))).toBe(JSON.stringify(said));
      }),
    );
  });

  test('takes whatever a program may print without an error, and as a line of the log unless it has the mark', () => {
    const kind = fc.constantFrom('progress', 'error', 'finding', 'result', 'deadline', 'silent', 'unheard-of', '');
    const garbage = fc.oneof(fc.string({ unit: anyUnit }), fc.json(), fc.constant('__proto__'));
    fc.assert(
      fc.property(kind, garbage, (word, rest) => {
        const said = parseJobLine(`::toygres:: ${word} ${rest}`);
        expect(said).not.toBeNull();
        if (said?.kind === 'progress') expect(said.report.phase.length).toBeLessThanOrEqual(64);
        if (said?.kind === 'finding') expect(SEVERITIES).toContain(said.finding.severity);
        if (said?.kind === 'result' && said.result !== null) expect(typeof said.result).toBe('object');
        expect(parseJobLine(` ::toygres:: ${word} ${rest}`)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test('a finding that no severity or too long a text has is none', () => {
    const good = { code: 'LOST_ROWS', severity: 'CRITICAL', database: null, object: 'a', message: 'm', remedy: null };
    expect(parseJobLine(`::toygres:: finding ${JSON.stringify(good)}`)).toMatchObject({ kind: 'finding' });
    for (const change of [{ severity: 'BAD' }, { message: 'x'.repeat(2_001) }, { code: 'lower' }, { object: 5 }]) {
      const text = JSON.stringify({ ...good, ...change });
      expect(parseJobLine(`::toygres:: finding ${text}`)).toEqual({ kind: 'unknown' });
    }
  });
});
