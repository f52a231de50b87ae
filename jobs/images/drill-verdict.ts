import { type FindingFacts, SEVERITIES } from '../../schema/rules/finding-rules.ts';

const graveness = ({ severity }: FindingFacts) => SEVERITIES.indexOf(severity);
const isAbout = (a: FindingFacts, b: FindingFacts) => a.database === b.database && a.object === b.object;

/**
 * All that did not come back, the gravest first: what the restore said, and what the comparison found beside it. A
 * difference of something that the restore has told as grave is the same thing seen twice.
 */
export function joinFindings(restored: readonly FindingFacts[], compared: readonly FindingFacts[]): FindingFacts[] {
  const isTold = (found: FindingFacts) =>
    found.object !== null && restored.some((one) => isAbout(one, found) && graveness(one) >= graveness(found));
  return [...restored, ...compared.filter((found) => !isTold(found))].sort((a, b) => graveness(b) - graveness(a));
}

/** Said of whatever is restored here: a drill holds what would run twice. */
const OF_THE_DRILL = new Set(['BACKGROUND_WORK_HELD']);

/**
 * The findings for which a drill fails: each CRITICAL one, and each WARNING that the image had not told of itself. What
 * only has another form fails nothing.
 */
export function findUntold(found: readonly FindingFacts[], told: readonly FindingFacts[]): readonly FindingFacts[] {
  return found.filter((one) => {
    if (one.severity === 'INFO' || OF_THE_DRILL.has(one.code)) return false;
    if (one.severity === 'CRITICAL') return true;
    return !told.some((known) => known.code === one.code && isAbout(known, one));
  });
}

const NAMED_AT_MOST = 3;

/** Why a drill failed, in one sentence, from the findings for which it did; at least one. */
export function describeUntold(imageName: string, untold: readonly FindingFacts[]): string {
  const named = untold.slice(0, NAMED_AT_MOST).map(({ code, message }) => `${message} (${code})`);
  const more = untold.length > NAMED_AT_MOST ? `; and ${untold.length - NAMED_AT_MOST} more` : '';
  return `The image "${imageName}" did not come back as it was: ${named.join('; ')}${more}. See the findings of the drill.`;
}
