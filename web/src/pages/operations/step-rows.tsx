import { type KeyboardEvent, useRef } from 'react';
import { formatBytes, formatBytesOf } from '../../format/numbers.ts';
import { stepState } from '../../format/shown-state.ts';
import { durationTicks } from '../../format/ticks.ts';
import { formatClock, formatDuration, formatSecondsLeft } from '../../format/times.ts';
import { ProgressBar } from '../../ui/progress.tsx';
import { Ruler } from '../../ui/ruler.tsx';
import { StateMark } from '../../ui/state.tsx';
import { useRoom } from '../../ui/use-room.ts';
import type { Segment, Waterfall } from './waterfall.ts';

const percentOf = (part: number, whole: number) => `${Math.max(0, Math.min(100, (part / whole) * 100))}%`;
/** How much of a lane the name of a duration takes, at most. */
const NAME_REM = 6;

/** Steps, a row each: when it was tried, how often, how long; what waited is hatched. A press shows more of one. */
export function StepRows(props: {
  readonly waterfall: Waterfall;
  readonly chosen: number;
  readonly onChoose: (position: number) => void;
  readonly isOver: boolean;
  readonly isCancelled: boolean;
}) {
  const { waterfall, chosen, onChoose, isOver, isCancelled } = props;
  const { from, to, queuedUntil, rows, undoneFrom } = waterfall;
  const whole = to - from;
  const head = useRef<HTMLSpanElement>(null);
  const room = useRoom(head);
  const most = room === null ? 1 : Math.max(1, Math.floor(room.width / (NAME_REM * room.rem)));
  const move = (event: KeyboardEvent<HTMLOListElement>) => {
    const by =
      event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.max(0, Math.min(buttons.length - 1, at + by))]?.focus();
  };
  return (
    <div className="waterfall">
      <div className="waterfall-head">
        <span>Step</span>
        <span ref={head}>
          <Ruler ticks={durationTicks(whole, most)} end={isOver ? formatDuration(whole) : 'now'} />
        </span>
        <span>Took</span>
      </div>
      <ol onKeyDown={move}>
        <li className="waterfall-row waiting-row">
          <span className="step-name muted">Waiting for a worker</span>
          <span className="lane">
            <span
              className="segment waited"
              style={{ left: '0%', width: percentOf(queuedUntil - from, whole) }}
              title={`Queued for ${formatDuration(queuedUntil - from)}`}
            />
          </span>
          <span className="number">{formatDuration(queuedUntil - from)}</span>
        </li>
        {rows.map(({ step, segments }) => {
          const took = segments.reduce((sum, one) => sum + ((one.to ?? to) - one.from), 0);
          return (
            <li key={step.position}>
              <button
                type="button"
                className="waterfall-row"
                aria-pressed={step.position === chosen}
                onClick={() => onChoose(step.position)}
              >
                <span className="step-name">
                  <StateMark state={stepState(step.state, isCancelled)} of="work" /> <span>{step.name}</span>
                  {step.attempt > 1 && <span className="muted"> try {step.attempt}</span>}
                </span>
                <span className="lane">
                  {segments.map((segment, index) => (
                    <Bar
                      key={segment.attempt}
                      segment={{ ...segment, state: stepState(segment.state, isCancelled && !segments[index + 1]) }}
                      before={segments[index - 1]}
                      from={from}
                      to={to}
                    />
                  ))}
                </span>
                <span className="number">{segments.length === 0 ? '–' : formatDuration(took)}</span>
                {step.state === 'RUNNING' && step.progress?.percent != null && (
                  <span className="step-progress">
                    <ProgressBar percent={step.progress.percent} label={step.name} />
                    <span className="muted number">{sayPace(step.progress)}</span>
                  </span>
                )}
              </button>
            </li>
          );
        })}
        {undoneFrom !== null && (
          <li className="waterfall-row waiting-row">
            <span className="step-name muted">Taking back what was made</span>
            <span className="lane">
              <span
                className="segment"
                style={{ left: percentOf(undoneFrom - from, whole), width: percentOf(to - undoneFrom, whole) }}
                title={`Took ${formatDuration(to - undoneFrom)}`}
              />
            </span>
            <span className="number">{formatDuration(to - undoneFrom)}</span>
          </li>
        )}
      </ol>
    </div>
  );
}

/** `525 MiB of 750 MiB, 55 MiB/s, 8 s left`: as much of it as is known. */
function sayPace(progress: NonNullable<Waterfall['rows'][number]['step']['progress']>): string {
  const { bytesDone, bytesTotal, bytesPerSecond, secondsLeft } = progress;
  const bytes = formatBytesOf(bytesDone, bytesTotal);
  return [
    bytes,
    bytes === null || bytesPerSecond == null ? null : `${formatBytes(bytesPerSecond)}/s`,
    secondsLeft == null ? null : `${formatSecondsLeft(secondsLeft)} left`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

const TONES: Readonly<Record<string, string>> = { SUCCEEDED: 'good', FAILED: 'bad', RUNNING: 'busy', SKIPPED: 'idle' };

function Bar(props: {
  readonly segment: Segment;
  readonly before: Segment | undefined;
  readonly from: number;
  readonly to: number;
}) {
  const { segment, before, from, to } = props;
  const whole = to - from;
  const end = segment.to ?? to;
  const gap = before?.to ?? segment.from;
  const words = `Try ${segment.attempt}: ${formatClock(segment.from)} to ${segment.to === null ? 'now' : formatClock(end)}, ${segment.state.toLowerCase()}`;
  return (
    <>
      {segment.from > gap && (
        <span
          className="segment waited"
          style={{ left: percentOf(gap - from, whole), width: percentOf(segment.from - gap, whole) }}
          title={`Waited ${formatDuration(segment.from - gap)} before the next try`}
        />
      )}
      <span
        className={`segment ${TONES[segment.state] ?? 'idle'}`}
        style={{ left: percentOf(segment.from - from, whole), width: percentOf(end - segment.from, whole) }}
        title={words}
      />
    </>
  );
}
