import { formatPercent } from '../format/numbers.ts';

/** How far something is. */
export function ProgressBar({
  percent,
  label,
  tone = 'busy',
}: {
  readonly percent: number;
  readonly label: string;
  readonly tone?: 'busy' | 'good' | 'bad' | 'idle';
}) {
  const value = Math.max(0, Math.min(100, percent));
  return (
    <span className={`progress ${tone}`}>
      <span
        className="bar"
        role="progressbar"
        aria-label={label}
        aria-valuenow={Math.floor(value)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <span style={{ width: `${value}%` }} />
      </span>
      <span className="number">{formatPercent(value)}</span>
    </span>
  );
}
