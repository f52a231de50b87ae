import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import type { Report } from '../attempt/attempt.ts';

/** So many are named; of the others their number. */
export const NAMED_AT_MOST = 50;

/** Tells findings of one kind: the first of them each, and `more` of how many there are besides. */
export function tellSome(
  report: Pick<Report, 'finding'>,
  findings: readonly Finding[],
  more: (count: number) => Pick<Finding, 'message' | 'remedy'>,
): void {
  for (const finding of findings.slice(0, NAMED_AT_MOST)) report.finding(finding);
  const [first] = findings;
  if (first === undefined || findings.length <= NAMED_AT_MOST) return;
  const { code, severity } = first;
  const database = findings.every((finding) => finding.database === first.database) ? first.database : null;
  report.finding({ code, severity, database, object: null, ...more(findings.length - NAMED_AT_MOST) });
}
