import { formatDuration, formatExact, formatRelative } from '../format/times.ts';
import { useNow } from './now.ts';

/** A time as people say it; the exact one, with its zone, shows on hover. */
export function Moment({ at, none = 'never' }: { readonly at: string | null | undefined; readonly none?: string }) {
  const now = useNow();
  if (at === null || at === undefined) return <span className="muted">{none}</span>;
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={formatExact(time)}>
      {formatRelative(time, Math.max(now, 0))}
    </time>
  );
}

/** How long something took, or takes so far. */
export function Lasting({
  from,
  to,
}: {
  readonly from: string | null | undefined;
  readonly to?: string | null | undefined;
}) {
  const now = useNow();
  if (!from) return <span className="muted">–</span>;
  const end = to ? Date.parse(to) : Math.max(now, Date.parse(from));
  return <span className="number">{formatDuration(end - Date.parse(from))}</span>;
}
