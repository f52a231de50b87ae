import type { ReactNode } from 'react';
import { formatCount } from '../format/numbers.ts';
import { Button } from './button.tsx';

/** What can be done with a log: look for a text, follow its end, wrap its lines, save it. */
export function LogToolbar(props: {
  readonly search: string;
  readonly onSearch: (text: string) => void;
  /** Where in what was found the reader is; null where nothing was looked for. */
  readonly found: { readonly place: number; readonly count: number } | null;
  readonly onStep: (by: number) => void;
  readonly follows: boolean;
  readonly onFollow: () => void;
  readonly isWrapped: boolean;
  readonly onWrap: () => void;
  readonly onSave: () => void;
  readonly isEmpty: boolean;
  /** Nothing more will come: there is nothing to follow. */
  readonly isOver: boolean;
  readonly children: ReactNode;
}) {
  const { search, onSearch, found, onStep, follows, onFollow, isWrapped, onWrap, onSave, isEmpty, isOver, children } =
    props;
  return (
    <div className="toolbar log-toolbar">
      <input
        type="search"
        className="input search-box"
        aria-label="Search in the log"
        placeholder="Search in the log"
        value={search}
        onChange={(event) => onSearch(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && onStep(event.shiftKey ? -1 : 1)}
      />
      {found !== null && (
        <span className="number" role="status">
          {found.count === 0 ? 'Not found' : `${formatCount(found.place + 1)} of ${formatCount(found.count)}`}
        </span>
      )}
      <div className="log-buttons">
        {!isOver && (
          <Button icon={follows ? 'pause' : 'play'} pressed={follows} onPress={onFollow}>
            {follows ? 'Following' : 'Follow'}
          </Button>
        )}
        <Button pressed={isWrapped} onPress={onWrap}>
          Wrap
        </Button>
        <Button icon="download" onPress={onSave} refusal={isEmpty ? 'There is nothing to save yet.' : null}>
          Save
        </Button>
      </div>
      <span className="muted number log-count">{children}</span>
    </div>
  );
}
