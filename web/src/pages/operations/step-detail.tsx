import { formatBytes, formatBytesOf } from '../../format/numbers.ts';
import { stepState } from '../../format/shown-state.ts';
import { formatSecondsLeft } from '../../format/times.ts';
import { asSentence } from '../../format/words.ts';
import type { OperationStepFragment } from '../../generated/graphql.ts';
import { Lasting, Moment } from '../../ui/moment.tsx';
import { Note } from '../../ui/notices.tsx';
import { Facts } from '../../ui/page.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { StateMark } from '../../ui/state.tsx';

/** How far a step is: bytes and rate where they are known, its own words where not. */
export function StepDetail(props: {
  readonly step: OperationStepFragment;
  /** Its failure stands on the page already. */
  readonly isSaid?: boolean;
  /** So is its operation: what was cut short by that did not fail. */
  readonly isCancelled?: boolean;
}) {
  const { step, isSaid = false, isCancelled = false } = props;
  const { progress, failure } = step;
  const state = stepState(step.state, isCancelled);
  const bytes = formatBytesOf(progress?.bytesDone, progress?.bytesTotal);
  return (
    <>
      {failure && !isSaid && state !== 'CANCELLED' && (
        <Note
          tone={state === 'FAILED' ? 'bad' : 'warn'}
          title={state === 'FAILED' ? 'It failed' : 'The last try failed'}
        >
          <p>{asSentence(failure.message)}</p>
        </Note>
      )}
      {state === 'RUNNING' && progress?.percent != null && <ProgressBar percent={progress.percent} label={step.name} />}
      {progress?.message && state !== 'FAILED' && state !== 'CANCELLED' && <p>{asSentence(progress.message)}</p>}
      <Facts
        facts={[
          ['State', <StateMark key="state" state={state} of="work" />],
          step.attempt > 0 ? ['Tries', String(step.attempt)] : null,
          step.startedAt ? ['Began', <Moment key="began" at={step.startedAt} />] : null,
          step.startedAt ? ['Took', <Lasting key="took" from={step.startedAt} to={step.finishedAt} />] : null,
          bytes === null ? null : ['Done', bytes],
          bytes !== null && progress?.bytesPerSecond != null
            ? ['Rate', `${formatBytes(progress.bytesPerSecond)}/s`]
            : null,
          progress?.secondsLeft != null && state === 'RUNNING'
            ? ['Left', formatSecondsLeft(progress.secondsLeft)]
            : null,
        ]}
      />
    </>
  );
}
