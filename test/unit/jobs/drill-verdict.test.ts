import { describe, expect, it } from 'vitest';
import { describeUntold, findUntold, joinFindings } from '../../../jobs/images/drill-verdict.ts';
import type { FindingFacts } from '../../../schema/rules/finding-rules.ts';

const finding = (
  code: string,
  severity: FindingFacts['severity'],
  object: string | null = 'public.t',
): FindingFacts => ({
  code,
  severity,
  database: 'shop',
  object,
  message: `${object} is not as it was`,
  remedy: null,
});

describe('the verdict on a drill', () => {
  const view = finding('VIEW_LEFT_OUT', 'WARNING', 'public.v');
  const rows = finding('ROWS_DIFFER', 'CRITICAL');

  it('is passed by nothing, by another form, and by warnings that the image had told', () => {
    expect(findUntold([], [])).toEqual([]);
    expect(findUntold([finding('OBJECT_NOT_CARRIED', 'INFO')], [])).toEqual([]);
    expect(findUntold([view], [view])).toEqual([]);
    expect(findUntold([finding('BACKGROUND_WORK_HELD', 'WARNING')], [])).toEqual([]);
  });

  it('is failed by a warning that was not told, of another object or by another code', () => {
    expect(findUntold([view], [])).toEqual([view]);
    expect(findUntold([view], [finding('VIEW_LEFT_OUT', 'WARNING', 'public.w')])).toEqual([view]);
    expect(findUntold([view], [finding('MEANING_MAY_CHANGE', 'WARNING', 'public.v')])).toEqual([view]);
  });

  it('is failed by a warning of no object, whatever else of its kind was told', () => {
    const ofNone = finding('SETTING_LEFT_OUT', 'WARNING', null);
    expect(findUntold([ofNone], [ofNone])).toEqual([ofNone]);
  });

  it('is failed by rows that are missing, also where the image had told them', () => {
    expect(findUntold([rows], [rows])).toEqual([rows]);
  });

  it('names the first findings and counts the others', () => {
    const many = Array.from({ length: 5 }, (_, at) => finding('VIEW_LEFT_OUT', 'WARNING', `public.v${at}`));
    const text = describeUntold('monday', many);
    expect(text).toContain('"monday" did not come back as it was: public.v0 is not as it was (VIEW_LEFT_OUT)');
    expect(text).toContain('and 2 more');
  });
});

describe('the findings of a drill', () => {
  it('has the gravest first, and what restore and comparison both saw once', () => {
    const told = finding('CONSTRAINT_NOT_VALID', 'WARNING', 'c on public.t');
    const seen = finding('DEFINITION_DIFFERS', 'WARNING', 'c on public.t');
    const rows = finding('ROWS_DIFFER', 'CRITICAL');
    expect(joinFindings([told], [seen, rows])).toEqual([rows, told]);
  });

  it('keeps what the restore has told nothing of, though it told something else of the same thing', () => {
    const told = finding('CONSTRAINT_NOT_VALID', 'WARNING');
    const owner = finding('OWNER_CHANGED', 'WARNING');
    expect(joinFindings([told], [owner, finding('DEFINITION_DIFFERS', 'WARNING')])).toEqual([told, owner]);
    const lost = finding('ROWS_NOT_LOADABLE', 'CRITICAL');
    const damage = finding('DATA_DAMAGED', 'CRITICAL');
    expect(joinFindings([lost], [finding('ROWS_DIFFER', 'CRITICAL'), damage])).toEqual([lost, damage]);
  });

  it('keeps what is graver than the restore had told of the same thing, and what is of no one thing', () => {
    const comment = finding('OBJECT_NOT_CARRIED', 'INFO');
    const rows = finding('ROWS_DIFFER', 'CRITICAL');
    const [one, other] = [finding('ROWS_DIFFER', 'CRITICAL', null), finding('DATA_DAMAGED', 'CRITICAL', null)];
    expect(joinFindings([comment, one], [rows, other])).toEqual([one, rows, other, comment]);
  });
});
