type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'idle';

const STATES: Readonly<Record<string, readonly [Tone, string]>> = {
  RUNNING: ['good', 'Running'],
  STOPPED: ['idle', 'Stopped'],
  CREATING: ['busy', 'Creating'],
  DELETING: ['busy', 'Deleting'],
  DELETED: ['idle', 'Deleted'],
  FAILED: ['bad', 'Failed'],
  AVAILABLE: ['good', 'Available'],
  QUEUED: ['idle', 'Queued'],
  CANCELLING: ['busy', 'Cancelling'],
  CANCELLED: ['idle', 'Cancelled'],
  PASSED: ['good', 'Passed'],
  REFUSED: ['warn', 'Refused'],
  SUCCEEDED: ['good', 'Succeeded'],
  PARTIAL: ['warn', 'Partial'],
  PENDING: ['idle', 'Pending'],
  SKIPPED: ['idle', 'Skipped'],
  Enabled: ['good', 'Enabled'],
  Disabled: ['idle', 'Disabled'],
  HEALTHY: ['good', 'Healthy'],
  UNHEALTHY: ['bad', 'Unhealthy'],
  UNKNOWN: ['idle', 'Unknown'],
  READY: ['good', 'Ready'],
  UNPROVEN: ['warn', 'Unproven'],
  STALE: ['warn', 'Stale'],
  UNPROTECTED: ['bad', 'Unprotected'],
  INFO: ['idle', 'Info'],
  WARNING: ['warn', 'Warning'],
  CRITICAL: ['bad', 'Critical'],
};

/** Shapes differ as colours do. */
const SHAPES: Readonly<Record<Tone, string>> = {
  good: 'M8 2a6 6 0 100 12A6 6 0 008 2z',
  warn: 'M8 1.5L15 14H1z',
  bad: 'M2.5 2.5h11v11h-11z',
  busy: 'M8 1.5L14.5 8 8 14.5 1.5 8z',
  idle: 'M8 3a5 5 0 100 10A5 5 0 008 3zm0 2a3 3 0 110 6 3 3 0 010-6z',
};

/** A state by shape, colour and word. `of` an operation, RUNNING is under way and not yet good. `as` says it in other words. */
export function StateMark(props: {
  readonly state: string;
  readonly of?: 'thing' | 'work';
  readonly as?: string | undefined;
}) {
  const { state, of = 'thing', as } = props;
  const [tone, word]: readonly [Tone, string] =
    of === 'work' && state === 'RUNNING' ? ['busy', 'Running'] : (STATES[state] ?? ['idle', state]);
  return (
    <span className={`state ${tone}`}>
      <svg viewBox="0 0 16 16" width="10" height="10" aria-hidden="true">
        <path d={SHAPES[tone]} />
      </svg>
      <span className="state-word">{as ?? word}</span>
    </span>
  );
}
