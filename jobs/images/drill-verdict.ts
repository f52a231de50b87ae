import { type FindingFacts, SEVERITIES } from '../../schema/rules/finding-rules.ts';

const graveness = ({ severity }: FindingFacts) => SEVERITIES.indexOf(severity);
const isAbout = (a: FindingFacts, b: FindingFacts) => a.database === b.database && a.object === b.object;

/**
 * The codes under which a restore may have told what a comparison then finds by the key: an object in a weaker form is there
 * and is made otherwise, rows that were left out are missing. Any other code about the same object is something else.
 */
const TOLD_BY: Readonly<Record<string, readonly string[]>> = {
  DEFINITION_DIFFERS: [
    'CONSTRAINT_LEFT_OUT',
    'CONSTRAINT_NOT_VALID',
    'INDEX_LEFT_OUT',
    'MEANING_MAY_CHANGE',
    'PRIVILEGE_LEFT_OUT',
    'SETTING_LEFT_OUT',
  ],
  ROLE_DIFFERS: ['SETTING_LEFT_OUT'],
  ROWS_DIFFER: ['ROWS_NOT_LOADABLE'],
  SEQUENCE_DIFFERS: ['ROWS_NOT_LOADABLE'],
};
const isSaidBy = (code: string, found: string) => code === found || TOLD_BY[found]?.includes(code) === true;

/**
 * All that did not come back, the gravest first: what the restore said, and what the comparison found beside it. A
 * difference of something that the restore has told as grave, by a code that means it, is the same thing seen twice.
 */
export function joinFindings(restored: readonly FindingFacts[], compared: readonly FindingFacts[]): FindingFacts[] {
  const isTold = (found: FindingFacts) =>
    found.object !== null &&
    restored.some((one) => isAbout(one, found) && isSaidBy(one.code, found.code) && graveness(one) >= graveness(found));
  return [...restored, ...compared.filter((found) => !isTold(found))].sort((a, b) => graveness(b) - graveness(a));
}

/** Said of whatever is restored here: a drill holds what would run twice. */
const OF_THE_DRILL = new Set(['BACKGROUND_WORK_HELD']);

/**
 * The findings for which a drill fails: each CRITICAL one, and each WARNING that the image had not told of itself by the same
 * code, of the same object; one that is of no object was told of nothing else. What only has another form fails nothing.
 */
export function findUntold(found: readonly FindingFacts[], told: readonly FindingFacts[]): readonly FindingFacts[] {
  return found.filter((one) => {
    if (one.severity === 'INFO' || OF_THE_DRILL.has(one.code)) return false;
    if (one.severity === 'CRITICAL') return true;
    return one.object === null || !told.some((known) => known.code === one.code && isAbout(known, one));
  });
}

const NAMED_AT_MOST = 3;

/** Why a drill failed, in one sentence, from the findings for which it did; at least one. */
export function describeUntold(imageName: string, untold: readonly FindingFacts[]): string {
  const named = untold.slice(0, NAMED_AT_MOST).map(({ code, message }) => `${message} (${code})`);
  const more = untold.length > NAMED_AT_MOST ? `; and ${untold.length - NAMED_AT_MOST} more` : '';
  return `The image "${imageName}" did not come back as it was: ${named.join('; ')}${more}. See the findings of the drill.`;
}
