import { Link } from 'react-router';
import { kindWord, subjectOf } from '../../format/words.ts';
import type { OperationRowFragment } from '../../generated/graphql.ts';
import { Lasting, Moment } from '../../ui/moment.tsx';
import { OperationBar } from '../../ui/operation-bar.tsx';
import type { Column } from '../../ui/table.tsx';
import { WholeWords } from '../../ui/whole-words.tsx';

/** What a table of operations shows. */
export const OPERATION_COLUMNS: readonly Column<OperationRowFragment>[] = [
  {
    id: 'what',
    name: 'What',
    isTitle: true,
    cell: (operation) => (
      <Link to={`/operations/${operation.id}`}>
        {kindWord(operation.kind)} <WholeWords text={subjectOf(operation)} />
      </Link>
    ),
  },
  {
    id: 'state',
    name: 'State',
    cell: (operation) => (
      <OperationBar operation={operation} label={`${kindWord(operation.kind)} ${subjectOf(operation)}`} />
    ),
  },
  { id: 'by', name: 'By', isSpare: 'narrow', cell: ({ requestedBy }) => <span className="short">{requestedBy}</span> },
  { id: 'since', name: 'Asked for', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  {
    id: 'took',
    name: 'Took',
    align: 'end',
    cell: ({ startedAt, finishedAt }) => <Lasting from={startedAt} to={finishedAt} />,
  },
];
