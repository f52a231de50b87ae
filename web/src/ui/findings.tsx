import { sentence } from '../format/words.ts';
import { CopyButton } from './copy.tsx';
import { StateMark } from './state.tsx';

export interface FindingShown {
  readonly code: string;
  readonly severity: string;
  readonly database?: string | null | undefined;
  readonly object?: string | null | undefined;
  readonly message: string;
  readonly remedy?: string | null | undefined;
}

const ORDER = ['CRITICAL', 'WARNING', 'INFO'];

/** What is not, or will not be, as it was on the source: the gravest first, each with what to do. */
export function Findings({ findings, none }: { readonly findings: readonly FindingShown[]; readonly none: string }) {
  if (findings.length === 0) return <p className="muted">{none}</p>;
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <ul className="findings">
      {sorted.map((finding) => (
        <li key={`${finding.code} ${finding.database} ${finding.object} ${finding.message}`}>
          <div className="finding-head">
            <StateMark state={finding.severity} />
            <strong title={finding.code}>{sentence(finding.code)}</strong>
            {finding.object && <code>{finding.object}</code>}
            {finding.database && (
              <span className="muted">
                in <bdi>{finding.database}</bdi>
              </span>
            )}
          </div>
          <p>{finding.message}</p>
          {finding.remedy && (
            <p className="remedy">
              <span className="muted">What to do</span>
              <code>{finding.remedy}</code>
              <CopyButton text={finding.remedy} what="what to do" />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
