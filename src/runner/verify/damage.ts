import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import type { ServerError } from '../../guarded-postgres/server-error.ts';

/** An internal error, data_corrupted, index_corrupted: what is stored is not what it must be. */
const OF_WHAT_IS_STORED = /^XX/;

/** Whether the server says by it that what it has stored is damaged. */
export function saysDamage({ code, severity }: ServerError): boolean {
  return severity === 'ERROR' && OF_WHAT_IS_STORED.test(code);
}

type About = Pick<Finding, 'database' | 'object' | 'message' | 'remedy'>;

/** Something that is stored and is not what it must be. */
export function damaged(about: About): Finding {
  return { code: 'DATA_DAMAGED', severity: 'CRITICAL', ...about };
}

/** A check that could not be made; `severity`: what may be amiss for it. */
export function leftOutCheck(severity: Finding['severity'], about: About): Finding {
  return { code: 'CHECK_LEFT_OUT', severity, ...about };
}
