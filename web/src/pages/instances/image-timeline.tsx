import { useNavigate } from 'react-router';
import { formatBytes, formatNumberOf } from '../../format/numbers.ts';
import { formatDayAndTime, formatRelative } from '../../format/times.ts';
import type { ImageRowFragment } from '../../generated/graphql.ts';
import { useNow } from '../../ui/now.ts';

const WIDTH = 1000;
const HEIGHT = 84;
const EDGE = 24;
const LINE = 44;

/** Images of an instance on a line of time: as large as they are, filled where they are proven, a cross where they failed. */
export function ImageTimeline({ images }: { readonly images: readonly ImageRowFragment[] }) {
  const now = useNow();
  const navigate = useNavigate();
  const shown = images
    .filter(({ state }) => state === 'AVAILABLE' || state === 'FAILED' || state === 'CREATING')
    .map((image) => ({ image, at: Date.parse(image.takenAt ?? image.createdAt) }))
    .sort((a, b) => a.at - b.at);
  const [first] = shown;
  if (first === undefined) return <p className="muted">No image has been taken of it.</p>;
  const from = Math.min(first.at, now - 3600_000);
  const xOf = (at: number) => EDGE + ((at - from) / Math.max(1, now - from)) * (WIDTH - 2 * EDGE);
  const largest = Math.max(...shown.map(({ image }) => image.sizeBytes ?? 0), 1);
  const radius = (bytes: number) => 6 + 8 * Math.sqrt(bytes / largest);
  const proven = shown.filter(({ image }) => image.verifiedAt !== null && image.verifiedAt !== undefined).length;
  const words = `${formatNumberOf(shown.length, 'image')} since ${formatDayAndTime(from)}, ${proven} of them proven. Each leads to its page.`;
  return (
    <figure className="timeline">
      {/* biome-ignore lint/a11y/useSemanticElements: a picture with links in it. */}
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={words}>
        <line className="axis" x1={EDGE} x2={WIDTH - EDGE} y1={LINE} y2={LINE} />
        {[0, 0.25, 0.5, 0.75, 1].map((part) => {
          const x = EDGE + part * (WIDTH - 2 * EDGE);
          const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle';
          return (
            <g key={part}>
              <line className="axis" x1={x} x2={x} y1={LINE - 4} y2={LINE + 4} />
              <text x={x} y={HEIGHT - 6} textAnchor={anchor}>
                {part === 1 ? 'now' : formatDayAndTime(from + part * (now - from))}
              </text>
            </g>
          );
        })}
        {shown.map(({ image, at }) => {
          const isProven = Boolean(image.verifiedAt);
          const title = `${image.name}: ${image.state.toLowerCase()}, ${formatBytes(image.sizeBytes)}, ${formatRelative(at, now)}${isProven ? ', proven' : ''}`;
          const go = () => void navigate(`/images/${image.id}`);
          return (
            // biome-ignore lint/a11y/useSemanticElements: a dot of a picture.
            <g
              key={image.id}
              className={`dot ${image.state === 'FAILED' ? 'bad' : image.state === 'CREATING' ? 'busy' : isProven ? 'proven' : 'good'}`}
              role="link"
              tabIndex={0}
              aria-label={title}
              transform={`translate(${xOf(at)} ${LINE})`}
              onClick={go}
              onKeyDown={(event) => event.key === 'Enter' && go()}
            >
              <title>{title}</title>
              {image.state === 'FAILED' ? (
                <path d="M-6 -6L6 6M6 -6L-6 6" />
              ) : (
                <circle r={radius(image.sizeBytes ?? 0)} />
              )}
            </g>
          );
        })}
      </svg>
      <figcaption className="muted">
        {words.replace(' Each leads to its page.', '')} A full dot is proven, a cross failed.
      </figcaption>
    </figure>
  );
}
