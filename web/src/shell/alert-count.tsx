import { useApi } from '../api/queries.ts';
import { formatNumberOf } from '../format/numbers.ts';
import { OpenAlertCountDocument } from '../generated/graphql.ts';

/** How many alerts are open; nothing where none is. */
export function AlertCount() {
  const { data } = useApi(OpenAlertCountDocument, {}, { nouns: ['alert'] });
  const count = data?.alerts.totalCount ?? 0;
  if (count === 0) return null;
  return (
    <span className="count alert-count">
      {count > 99 ? '99+' : count}
      <span className="visually-hidden"> ({formatNumberOf(count, 'open alert')})</span>
    </span>
  );
}
