import { formatSecondsLeft } from '../format/times.ts';
import { ProgressBar } from './progress.tsx';
import { StateMark } from './state.tsx';

export interface OperationProgress {
  readonly state: string;
  readonly percent: number;
  readonly secondsLeft?: number | null | undefined;
}

const TONES = { SUCCEEDED: 'good', FAILED: 'bad', CANCELLED: 'idle' } as const;

/** How an operation stands: its state, and its bar while it is under way. */
export function OperationBar({ operation, label }: { readonly operation: OperationProgress; readonly label: string }) {
  const { state, percent, secondsLeft } = operation;
  if (state in TONES) return <StateMark state={state} of="work" />;
  return (
    <span className="operation-bar">
      <StateMark state={state} of="work" />
      {state !== 'QUEUED' && <ProgressBar percent={percent} label={label} />}
      {secondsLeft !== null && secondsLeft !== undefined && state === 'RUNNING' && (
        <span className="muted nowrap">{formatSecondsLeft(secondsLeft)} left</span>
      )}
    </span>
  );
}
