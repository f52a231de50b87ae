import { formatNumberOf } from '../../format/numbers.ts';
import { formatDuration } from '../../format/times.ts';
import { asSentence } from '../../format/words.ts';
import { Moment } from '../../ui/moment.tsx';
import type { EarlierRun } from './runs.ts';

/** So many are told in full, the last ones. */
const TOLD = 3;

/** What became of the runs before the present one, a line each; nothing where there was none. */
export function EarlierRuns(props: {
  readonly runs: readonly EarlierRun[];
  /** Why the present one failed, which stands on the page already. */
  readonly said: string | null;
}) {
  const { runs, said } = props;
  if (runs.length === 0) return null;
  const left = Math.max(0, runs.length - TOLD);
  return (
    <div className="earlier-runs muted">
      {left > 0 && <p>{formatNumberOf(left, 'run')} before these failed as well.</p>}
      {runs.slice(left).map(({ from, to, failedStep, message }) => (
        <p key={from}>
          A run <Moment at={new Date(from).toISOString()} /> failed
          {failedStep !== null && ` in “${failedStep}”`} after {formatDuration(to - from)}
          {message === null ? '.' : message === said ? ', for the same reason.' : ': '}
          {message !== null && message !== said && <bdi>{asSentence(message)}</bdi>}
        </p>
      ))}
      <p>Below is the run that it was retried with.</p>
    </div>
  );
}
