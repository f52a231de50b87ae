import type { CSSProperties } from 'react';
import { Link } from 'react-router';
import { formatBytes, formatNumberOf } from '../../format/numbers.ts';
import { formatDayAndTime, formatRelative } from '../../format/times.ts';
import type { ImageRowFragment } from '../../generated/graphql.ts';
import { useNow } from '../../ui/now.ts';

const LEAST_MS = 3600_000;
const SMALLEST_PX = 12;
const GROWTH_PX = 16;

/** Images of an instance on a line of time: as large as they are, full where they are proven, a cross where they failed. */
export function ImageTimeline({ images }: { readonly images: readonly ImageRowFragment[] }) {
  const now = useNow();
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
  return (
    <figure className="timeline">
      <ol className="timeline-lane">
        {shown.map(({ image, at }) => (
          <Dot key={image.id} image={image} at={at} now={now} left={(at - from) / whole} largest={largest} />
        ))}
      </ol>
      <div className="ruler timeline-ruler" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{part === 1 ? 'now' : formatDayAndTime(from + part * whole)}</span>
        ))}
      </div>
      <figcaption className="muted">
        {formatNumberOf(shown.length, 'image')} since {formatDayAndTime(from)}, {proven} proven by a drill. A full dot
        is proven, a cross failed.
      </figcaption>
    </figure>
  );
}

function Dot(props: {
  readonly image: ImageRowFragment;
  readonly at: number;
  readonly now: number;
  readonly left: number;
  readonly largest: number;
}) {
  const { image, at, now, left, largest } = props;
  const isProven = image.lastVerdict?.state === 'PASSED';
  const tone =
    image.state === 'FAILED' ? 'bad' : image.state === 'CREATING' ? 'busy' : isProven ? 'good proven' : 'good';
  const size = Math.round(SMALLEST_PX + GROWTH_PX * Math.sqrt((image.sizeBytes ?? 0) / largest));
  const words = `${image.name}: ${image.state.toLowerCase()}, ${formatBytes(image.sizeBytes)}, ${formatRelative(at, now)}${isProven ? ', proven' : ''}`;
  return (
    <li style={{ left: `${Math.max(0, Math.min(1, left)) * 100}%` }}>
      <Link
        to={`/images/${image.id}`}
        className={`dot ${tone}`}
        style={{ '--dot': `${size}px` } as CSSProperties}
        aria-label={words}
        title={words}
      >
        {image.state === 'FAILED' ? '×' : ''}
      </Link>
    </li>
  );
}
