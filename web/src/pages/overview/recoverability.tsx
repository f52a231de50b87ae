import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { useRefusal } from '../../api/viewer.tsx';
import { formatNumberOf } from '../../format/numbers.ts';
import { stateOf } from '../../format/shown-state.ts';
import { formatDuration } from '../../format/times.ts';
import type { InstanceRowFragment, OverviewImagesQuery } from '../../generated/graphql.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Moment } from '../../ui/moment.tsx';
import { StateMark } from '../../ui/state.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';

type Image = OverviewImagesQuery['images']['nodes'][number];

/** So many are shown until somebody asks for all: those that are worst off come first. */
const AT_FIRST = 50;
const DAYS = 30;
const DAY_MS = 24 * 3600_000;
const ORDER = ['UNPROTECTED', 'STALE', 'UNPROVEN', 'READY'];

/** A row an instance, those first that are worst off: how old its newest image is, whether it is proven, how long it would take. */
export function Recoverability(props: {
  readonly instances: readonly InstanceRowFragment[];
  /** Null as long as they are not known. */
  readonly images: readonly Image[] | null;
}) {
  const { instances, images } = props;
  const refusal = useRefusal('OPERATOR');
  const bySource = useMemo(
    () => images && Map.groupBy(images, ({ sourceInstance }) => sourceInstance?.id ?? ''),
    [images],
  );
  const [areAll, showAll] = useState(false);
  const sorted = [...instances].sort(
    (a, b) =>
      ORDER.indexOf(a.readiness.status) - ORDER.indexOf(b.readiness.status) ||
      a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
  const rows = areAll ? sorted : sorted.slice(0, AT_FIRST);
  const columns: readonly Column<InstanceRowFragment>[] = [
    {
      id: 'name',
      name: 'Instance',
      isTitle: true,
      cell: ({ id, name }) => <Link to={`/instances/${id}`}>{name}</Link>,
    },
    {
      id: 'readiness',
      name: 'Readiness',
      cell: ({ readiness }) => (
        <span title={readiness.reasons.join(' ')}>
          <StateMark state={readiness.status} />
        </span>
      ),
    },
    {
      id: 'age',
      name: 'Newest image',
      cell: ({ readiness: { newestImage } }) =>
        newestImage ? (
          <Link to={`/images/${newestImage.id}`} title={newestImage.name}>
            <Moment at={newestImage.takenAt} />
          </Link>
        ) : (
          <span className="muted">none</span>
        ),
    },
    {
      id: 'proven',
      name: 'Proven',
      cell: ({ readiness: { lastVerdict } }) =>
        lastVerdict?.state === 'PASSED' ? (
          <Moment at={lastVerdict.finishedAt} />
        ) : (
          <span className="muted">not yet</span>
        ),
    },
    {
      id: 'recovery',
      name: 'Would take',
      cell: ({ readiness: { recoverySeconds } }) =>
        recoverySeconds ? formatDuration(recoverySeconds * 1000) : <span className="muted">not known</span>,
    },
    {
      id: 'days',
      name: 'Last 30 days',
      cell: ({ id }) =>
        bySource ? <Ticks images={bySource.get(id) ?? []} /> : <span className="muted">not known</span>,
    },
    {
      id: 'restore',
      name: 'Bring back',
      cell: ({ readiness: { newestImage }, name }) => (
        <LinkButton
          to={`/images/${newestImage?.id ?? ''}/restore`}
          label={`Restore ${name}`}
          refusal={refusal ?? (newestImage ? null : 'There is no image of it.')}
        >
          Restore
        </LinkButton>
      ),
    },
  ];
  return (
    <>
      <DataTable
        label="Recoverability of all instances"
        columns={columns}
        rows={rows}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        linkOf={({ id }) => `/instances/${id}`}
      />
      {rows.length < sorted.length && (
        <div className="more-row">
          <span className="muted">The {rows.length} that are worst off.</span>
          <Button onPress={() => showAll(true)}>Show all {sorted.length}</Button>
        </div>
      )}
    </>
  );
}

/** A tick a day, the newest at the right: an image was taken, proven, failed, or none was. */
function Ticks({ images }: { readonly images: readonly Image[] }) {
  const today = Math.floor(Date.now() / DAY_MS);
  const days = Array.from({ length: DAYS }, (_, index) => today - DAYS + 1 + index);
  const byDay = Map.groupBy(images, ({ takenAt, createdAt }) => Math.floor(Date.parse(takenAt ?? createdAt) / DAY_MS));
  const withImage = days.filter((day) => byDay.get(day)?.some(({ state }) => state === 'AVAILABLE')).length;
  return (
    <svg
      className="ticks"
      viewBox={`0 0 ${DAYS * 4} 16`}
      role="img"
      aria-label={`Images on ${formatNumberOf(withImage, 'day')} of the last ${DAYS}`}
    >
      {days.map((day, index) => {
        const taken = byDay.get(day) ?? [];
        const isGood = taken.some(({ state }) => state === 'AVAILABLE');
        const isProven = taken.some(({ lastVerdict }) => lastVerdict?.state === 'PASSED');
        const isBad = !isGood && taken.some((image) => stateOf(image) === 'FAILED');
        const [kind, height] = isProven
          ? ['fill-good', 16]
          : isGood
            ? ['fill-good', 11]
            : isBad
              ? ['fill-bad', 16]
              : ['fill-none', 3];
        return (
          <rect key={day} className={String(kind)} x={index * 4} y={16 - Number(height)} width={3} height={height} />
        );
      })}
    </svg>
  );
}
