import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import type { Severity } from '../../../schema/rules/finding-rules.ts';
import { finalFailure } from '../attempt/failure.ts';

/** How much may be lost without the restore failing. */
export const LOSSES = ['NOTHING', 'OBJECTS', 'ROWS'] as const;
export type Loss = (typeof LOSSES)[number];

const REFUSED: Readonly<Record<Loss, readonly Severity[]>> = {
  NOTHING: ['WARNING', 'CRITICAL'],
  OBJECTS: ['CRITICAL'],
  ROWS: [],
};
const WAY_OUT: Readonly<Record<Loss, string>> = {
  NOTHING: 'acceptLoss: OBJECTS takes objects that are missing or not enforced, acceptLoss: ROWS missing rows as well',
  OBJECTS: 'acceptLoss: ROWS restores all the rest',
  ROWS: '',
};

/** Throws a final failure, naming the first of what is lost, where that is more than was accepted. */
export function refuseLoss(findings: readonly Finding[], accepted: Loss): void {
  const lost = findings.filter(({ severity }) => REFUSED[accepted].includes(severity));
  const [first] = lost;
  if (first === undefined) return;
  const where = [first.database, first.object].filter((part) => part !== null).join(': ');
  const more = lost.length === 1 ? '' : ` (and ${lost.length - 1} more, in the log)`;
  throw finalFailure(
    `more would be lost than is accepted: ${where === '' ? '' : `${where}: `}${first.message}${more}. ${WAY_OUT[accepted]}`,
  );
}
