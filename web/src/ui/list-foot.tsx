import { formatCount } from '../format/numbers.ts';
import { Button } from './button.tsx';

/** Below a list: brings the next page of it. */
export function ListFoot({
  list,
}: {
  readonly list: {
    readonly nodes: readonly unknown[] | null;
    readonly totalCount: number;
    readonly hasMore: boolean;
    readonly isLoadingMore: boolean;
    readonly more: () => void;
  };
}) {
  if (!list.hasMore || list.nodes === null) return null;
  return (
    <div className="more-row">
      <span className="muted number">
        {formatCount(list.nodes.length)} of {formatCount(list.totalCount)}
      </span>
      <Button onPress={list.more} busy={list.isLoadingMore}>
        Show more
      </Button>
    </div>
  );
}
