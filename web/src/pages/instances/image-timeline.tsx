import { type CSSProperties, useRef } from 'react';
import { Link } from 'react-router';
import { formatBytes, formatNumberOf } from '../../format/numbers.ts';
import { stateOf } from '../../format/shown-state.ts';
import { momentTicks } from '../../format/ticks.ts';
import { formatDayAndTime, formatRelative } from '../../format/times.ts';
import type { ImageRowFragment } from '../../generated/graphql.ts';
import { useNow } from '../../ui/now.ts';
import { Ruler } from '../../ui/ruler.tsx';
import { useRoom } from '../../ui/use-room.ts';
import { rowsBeside, rowsOfDots } from './rows-of-dots.ts';

const LEAST_MS = 3600_000;
const SMALLEST_PX = 10;
const LEAST_LANE_PX = 40;
const ROW_GAP_PX = 3;
/** A cross is seen as one. */
const CROSS_PX = 14;
const TONES: Readonly<Record<string, string>> = { FAILED: 'bad', CREATING: 'busy' };
/** How much larger a dot is on a line of which length. */
const growthOf = (lane: number) => (lane < 640 ? 6 : 18);

/**
 * Images of an instance on a line of time: as large as they are, full where they are proven, a cross where they failed.
 * Those that have no room beside each other on the line stand above and below it.
 */
export function ImageTimeline({ images }: { readonly images: readonly ImageRowFragment[] }) {
  const now = useNow();
  const lane = useRef<HTMLOListElement>(null);
  const room = useRoom(lane);
  const shown = images
    .filter(({ state }) => state === 'AVAILABLE' || state === 'FAILED' || state === 'CREATING')
    .map((image) => ({ image, at: Date.parse(image.takenAt ?? image.createdAt) }))
    .sort((a, b) => a.at - b.at);
  const [first] = shown;
  if (first === undefined) return <p className="muted">No image has been taken of it.</p>;
  const from = Math.min(first.at, now - LEAST_MS);
  const whole = Math.max(1, now - from);
  const largest = Math.max(...shown.map(({ image }) => image.sizeBytes ?? 0), 1);
  const proven = shown.filter(({ image }) => image.lastVerdict?.state === 'PASSED').length;
  const isCancelled = shown.some(({ image }) => stateOf(image) === 'CANCELLED');
  const { width, rem } = room ?? { width: 0, rem: 1 };
  const dots = shown.map(({ image, at }) => ({
    image,
    part: (at - from) / whole,
    size: Math.max(
      stateOf(image) === 'FAILED' ? CROSS_PX : 0,
      Math.round(SMALLEST_PX + growthOf(width) * Math.sqrt((image.sizeBytes ?? 0) / largest)),
    ),
  }));
  const rows = width === 0 ? [] : rowsOfDots(dots.map(({ part, size }) => ({ at: part * width, size })));
  const rowHeight = Math.max(...dots.map(({ size }) => size)) + ROW_GAP_PX;
  const height = Math.max(LEAST_LANE_PX, (2 * rowsBeside(rows) + 1) * rowHeight + ROW_GAP_PX);
  return (
    <figure className="timeline">
      <ol className="timeline-lane" ref={lane} style={{ height }}>
        {dots.map(({ image, part, size }, index) => (
          <Dot key={image.id} image={image} now={now} left={part} size={size} top={(rows[index] ?? 0) * rowHeight} />
        ))}
      </ol>
      <div className="timeline-ruler">
        <Ruler ticks={momentTicks(from, now, width / rem)} end="now" />
      </div>
      <figcaption className="muted">
        {formatNumberOf(shown.length, 'image')} since {formatDayAndTime(from)}, {proven} proven by a drill. A full dot
        is proven, a cross failed{isCancelled ? ', a grey ring was cancelled' : ''}.
      </figcaption>
    </figure>
  );
}

function Dot(props: {
  readonly image: ImageRowFragment;
  readonly now: number;
  readonly left: number;
  readonly size: number;
  readonly top: number;
}) {
  const { image, now, left, size, top } = props;
  const isProven = image.lastVerdict?.state === 'PASSED';
  const state = stateOf(image);
  const tone = state === 'AVAILABLE' ? (isProven ? 'good proven' : 'good') : (TONES[state] ?? 'idle');
  const at = Date.parse(image.takenAt ?? image.createdAt);
  const words = `${image.name}: ${state.toLowerCase()}, ${formatBytes(image.sizeBytes)}, ${formatRelative(at, now)}${isProven ? ', proven' : ''}`;
  return (
    <li style={{ left: `${Math.max(0, Math.min(1, left)) * 100}%`, marginTop: top }}>
      <Link
        to={`/images/${image.id}`}
        className={`dot ${tone}`}
        style={{ '--dot': `${size}px` } as CSSProperties}
        aria-label={words}
        title={words}
      />
    </li>
  );
}
