import { Link } from 'react-router';
import { formatBytes, formatNumberOf } from '../../../format/numbers.ts';
import { formatExact } from '../../../format/times.ts';
import type { LastRestoresQuery } from '../../../generated/graphql.ts';
import type { ImageShown } from '../image-shown.ts';

/** Other times to which the same instance could be brought back. */
export function OtherImages(props: {
  readonly image: ImageShown;
  readonly others: LastRestoresQuery['images']['nodes'];
}) {
  const { image, others } = props;
  const choices = others.filter(({ id }) => id !== image.id);
  if (choices.length === 0 || !image.sourceInstance) return null;
  return (
    <details>
      <summary>Another time: {formatNumberOf(choices.length, 'other image')} of it</summary>
      <ul className="short-list">
        {choices.slice(0, 30).map((other) => (
          <li key={other.id}>
            <Link to={`/images/${other.id}/restore`} replace>
              {other.takenAt ? formatExact(Date.parse(other.takenAt)) : other.name}
            </Link>{' '}
            <span className="muted">
              {other.name}, {formatBytes(other.sizeBytes)}
              {other.lastVerdict?.state === 'PASSED' ? ', proven' : ''}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
