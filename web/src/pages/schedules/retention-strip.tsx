import { Link } from 'react-router';
import { useApi } from '../../api/queries.ts';
import { formatBytes, formatNumberOf } from '../../format/numbers.ts';
import { becauseWords } from '../../format/schedule-words.ts';
import { formatExact } from '../../format/times.ts';
import { RetentionOfDocument, type RetentionOfQuery, type RetentionPreviewInput } from '../../generated/graphql.ts';
import { Moment } from '../../ui/moment.tsx';
import { ErrorNote, Waiting } from '../../ui/notices.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';

type Preview = RetentionOfQuery['retentionPreview'];

interface Judged {
  readonly id: string;
  readonly name: string;
  readonly of: string;
  readonly takenAt: string | null;
  readonly sizeBytes: number | null;
  /** Null: it goes. */
  readonly because: readonly string[] | null;
}

/** All images that were judged, oldest first. */
function judge({ keep, remove }: Preview): readonly Judged[] {
  const row = (image: Preview['remove'][number], because: readonly string[] | null): Judged => ({
    id: image.id,
    name: image.name,
    of: image.sourceInstanceName,
    takenAt: image.takenAt ?? null,
    sizeBytes: image.sizeBytes ?? null,
    because,
  });
  const all = [...keep.map(({ image, because }) => row(image, because)), ...remove.map((image) => row(image, null))];
  return all.sort((a, b) => (a.takenAt ?? '').localeCompare(b.takenAt ?? ''));
}

const COLUMNS: readonly Column<Judged>[] = [
  { id: 'image', name: 'Image', isTitle: true, cell: ({ id, name }) => <Link to={`/images/${id}`}>{name}</Link> },
  { id: 'of', name: 'Of', cell: ({ of }) => <span className="short">{of}</span> },
  { id: 'taken', name: 'Taken', cell: ({ takenAt }) => <Moment at={takenAt} none="–" /> },
  { id: 'size', name: 'Stored', align: 'end', cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
  {
    id: 'what',
    name: 'What becomes of it',
    cell: ({ because }) => (because === null ? 'Goes' : `Stays: ${becauseWords(because)}`),
  },
];

/** What stays, because of which rule, and what goes next: a block an image, oldest first, a row an instance. */
export function RetentionStrip({ input }: { readonly input: RetentionPreviewInput }) {
  const preview = useApi(RetentionOfDocument, { input }, { nouns: ['image', 'schedule'] });
  if (preview.data === undefined) {
    if (preview.error !== null) return <ErrorNote error={preview.error} onRetry={() => void preview.refetch()} />;
    return <Waiting what="what stays" rows={2} />;
  }
  const { retentionPreview } = preview.data;
  const judged = judge(retentionPreview);
  if (judged.length === 0) return <p className="muted">There are no images to keep or to let go yet.</p>;
  const instances = [...new Set(judged.map(({ of }) => of))].sort();
  const goes = retentionPreview.remove.length;
  return (
    <>
      <p>
        {formatNumberOf(retentionPreview.keep.length, 'image')} would stay,{' '}
        {goes === 0 ? 'none would go.' : `${goes} would go and free ${formatBytes(retentionPreview.freedBytes)}.`}
      </p>
      <dl className="strips">
        {instances.map((instance) => (
          <div key={instance}>
            <dt className="clip">{instance}</dt>
            <dd className="strip">
              {judged
                .filter(({ of }) => of === instance)
                .map(({ id, name, takenAt, because }) => (
                  <Link
                    key={id}
                    to={`/images/${id}`}
                    className={because === null ? 'goes' : 'stays'}
                    aria-label={`${name}: ${because === null ? 'goes' : 'stays'}`}
                    title={`${name}${takenAt === null ? '' : `, ${formatExact(Date.parse(takenAt))}`}: ${because === null ? 'goes' : `stays: ${becauseWords(because)}`}`}
                  />
                ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className="muted strip-legend">
        <span className="strip-key stays" aria-hidden="true" /> stays{' '}
        <span className="strip-key goes" aria-hidden="true" /> goes; oldest first
      </p>
      <DataTable
        label="Images by the rules"
        columns={COLUMNS}
        rows={[...judged].reverse()}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
      />
    </>
  );
}
