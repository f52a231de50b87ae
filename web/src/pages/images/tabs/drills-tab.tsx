import { Link } from 'react-router';
import { formatCount } from '../../../format/numbers.ts';
import { formatDuration } from '../../../format/times.ts';
import { asSentence } from '../../../format/words.ts';
import { Lasting, Moment } from '../../../ui/moment.tsx';
import { Empty } from '../../../ui/notices.tsx';
import { StateMark } from '../../../ui/state.tsx';
import { type Column, DataTable } from '../../../ui/table.tsx';
import type { ImageShown } from '../image-shown.ts';

const WHY: Column<ImageShown['drills'][number]> = {
  id: 'why',
  name: 'Why',
  cell: ({ failure }) => failure && <span className="told">{asSentence(failure.message)}</span>,
};

/** What its drills came to, the newest first. */
export function DrillsTab({ image }: { readonly image: ImageShown }) {
  if (image.drills.length === 0) {
    return (
      <Empty title="No drill yet">
        A drill restores the image into a server of its own, compares it with what it should hold, and throws that
        server away. “Verify by a restore”, above, begins one.
      </Empty>
    );
  }
  const isWhole = image.drills.every(({ failure }) => failure == null);
  return (
    <DataTable
      label="Drills"
      columns={[
        {
          id: 'state',
          name: 'Result',
          isTitle: true,
          cell: ({ state, operation }) => (
            <Link to={`/operations/${operation.id}`}>
              <StateMark state={state} of="work" />
            </Link>
          ),
        },
        { id: 'at', name: 'Begun', cell: ({ startedAt }) => <Moment at={startedAt} /> },
        { id: 'took', name: 'Took', cell: ({ startedAt, finishedAt }) => <Lasting from={startedAt} to={finishedAt} /> },
        {
          id: 'recovery',
          name: 'Restore alone',
          cell: ({ recoverySeconds }) => (recoverySeconds ? formatDuration(recoverySeconds * 1000) : '–'),
        },
        {
          id: 'compared',
          name: 'Compared',
          cell: ({ tablesCompared, rowsCompared }) =>
            tablesCompared == null
              ? '–'
              : `${formatCount(tablesCompared)} tables, ${formatCount(rowsCompared ?? 0)} rows`,
        },
        ...(isWhole ? [] : [WHY]),
      ]}
      rows={image.drills}
      idOf={({ id }) => id}
      nameOf={({ state }) => state}
      linkOf={({ operation }) => `/operations/${operation.id}`}
    />
  );
}
