import { formatBytes, formatNumberOf } from '../../format/numbers.ts';
import type { OverviewImagesQuery } from '../../generated/graphql.ts';
import { MeasuredChart } from '../../ui/measured-chart.tsx';

type Image = OverviewImagesQuery['images']['nodes'][number];

const WEEKS = 12;
const WEEK_MS = 7 * 24 * 3600_000;
const MOST = 6;

/** What lies in the store: by week, as it has grown, and by instance; of a part alone it says so. */
export function Storage({ images, isPart }: { readonly images: readonly Image[]; readonly isPart: boolean }) {
  const there = images.filter(({ state, sizeBytes }) => state === 'AVAILABLE' && sizeBytes !== null);
  const total = sum(there);
  if (there.length === 0) return <p className="muted">No image is stored.</p>;
  const now = Date.now();
  const weeks = Array.from({ length: WEEKS }, (_, index) => now - (WEEKS - 1 - index) * WEEK_MS);
  const sizes = weeks.map((until) =>
    sum(there.filter(({ takenAt, createdAt }) => Date.parse(takenAt ?? createdAt) <= until)),
  );
  const most = Math.max(...sizes, 1);
  const bySource = [...Map.groupBy(there, ({ sourceInstanceName }) => sourceInstanceName)]
    .map(([name, own]) => ({ name, bytes: sum(own), count: own.length }))
    .sort((a, b) => b.bytes - a.bytes);
  const old = sizes[0] ?? 0;
  const words = `${isPart ? 'More than ' : ''}${formatBytes(total)} in ${isPart ? 'the newest ' : ''}${formatNumberOf(there.length, 'image')}${old === 0 ? '' : `; ${formatBytes(old)} of it older than ${WEEKS - 1} weeks`}.`;
  return (
    <>
      <p>{words}</p>
      <MeasuredChart
        words={`Stored by week: ${words}`}
        width={WEEKS * 10}
        height={48}
        scale={[formatBytes(most), '0']}
        span={[`${WEEKS - 1} weeks ago`, 'now']}
      >
        {sizes.map((bytes, index) => {
          const height = Math.max(bytes > 0 ? 2 : 0, (bytes / most) * 48);
          const until = weeks[index] ?? now;
          return (
            <rect key={until} className="fill-accent" x={index * 10} y={48 - height} width={8} height={height}>
              <title>{`${new Date(until).toLocaleDateString('en-GB')}: ${formatBytes(bytes)}`}</title>
            </rect>
          );
        })}
      </MeasuredChart>
      <ul className="short-list">
        {bySource.slice(0, MOST).map(({ name, bytes, count }) => (
          <li key={name} className="spread">
            <span>{name}</span>
            <span className="number muted">
              {formatBytes(bytes)} in {formatNumberOf(count, 'image')}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function sum(images: readonly Image[]): number {
  return images.reduce((bytes, { sizeBytes }) => bytes + (sizeBytes ?? 0), 0);
}
