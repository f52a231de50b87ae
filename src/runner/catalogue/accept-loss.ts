import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import { finalFailure } from '../attempt/failure.ts';

/** How much may be lost without a failure: nothing but what is INFO, what is WARNING too, what is CRITICAL too. */
export type AcceptedLoss = 'NOTHING' | 'OBJECTS' | 'ROWS';

const REFUSED: Readonly<Record<AcceptedLoss, readonly Finding['severity'][]>> = {
  NOTHING: ['WARNING', 'CRITICAL'],
  OBJECTS: ['CRITICAL'],
  ROWS: [],
};

/** Throws a final failure that names the first finding that is more than may be lost, and what can be done. */
export function refuseLoss(findings: readonly Finding[], accepted: AcceptedLoss): void {
  const refused = findings.filter(({ severity }) => REFUSED[accepted].includes(severity));
  // Rows weigh more than objects, whatever was found first.
  const first = refused.find(({ severity }) => severity === 'CRITICAL') ?? refused[0];
  if (first === undefined) return;
  const { database, message, remedy, severity } = first;
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  const accept = severity === 'CRITICAL' ? 'ROWS' : 'OBJECTS';
  throw finalFailure(
    `${database === null ? '' : `database ${database}: `}${message}${more}. ${remedy === null ? '' : `${remedy} `}Or take it all the same with acceptLoss: ${accept}`,
  );
}
