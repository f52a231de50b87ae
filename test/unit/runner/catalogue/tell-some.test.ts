import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { NAMED_AT_MOST, tellSome } from '../../../../src/runner/catalogue/tell-some.ts';

const findings = (count: number, databases = ['shop']): Finding[] =>
  Array.from({ length: count }, (_, nth) => ({
    code: 'OBJECT_NOT_CARRIED',
    severity: 'WARNING',
    database: databases[nth % databases.length] ?? null,
    object: `object ${nth}`,
    message: 'is not there',
    remedy: null,
  }));
const told = (count: number, databases?: string[]) => {
  const said: Finding[] = [];
  const report = { finding: (finding: Finding) => void said.push(finding) };
  tellSome(report, findings(count, databases), (more) => ({ message: `${more} more`, remedy: 'look' }));
  return said;
};

describe('findings of one kind', () => {
  it.each([0, 1, NAMED_AT_MOST])('are told each where they are %i', (count) => {
    expect(told(count)).toEqual(findings(count));
  });

  it('are counted where they are more than anybody reads', () => {
    const said = told(NAMED_AT_MOST + 7);
    expect(said.slice(0, -1)).toEqual(findings(NAMED_AT_MOST));
    expect(said.at(-1)).toEqual({
      code: 'OBJECT_NOT_CARRIED',
      severity: 'WARNING',
      database: 'shop',
      object: null,
      message: '7 more',
      remedy: 'look',
    });
    expect(told(NAMED_AT_MOST + 1, ['shop', 'bank']).at(-1)).toMatchObject({ database: null, message: '1 more' });
  });
});
