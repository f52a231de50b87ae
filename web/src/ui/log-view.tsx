import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { formatCount, formatNumberOf } from '../format/numbers.ts';
import { formatExact } from '../format/times.ts';
import { AsCode, type Code } from './as-code.tsx';
import { Button } from './button.tsx';
import { rowsOf, useColumns } from './log-columns.ts';
import { type LinkBy, linkOf, useLinkedLine } from './log-link.ts';
import { LogRow } from './log-row.tsx';
import { useFollowing } from './log-scroll.ts';
import { LogToolbar } from './log-toolbar.tsx';
import { ErrorNote, Note } from './notices.tsx';
import { saveLog } from './save-log.ts';
import { useParam } from './search-params.ts';
import { type OpenLog, useLog } from './use-log.ts';

/** More rows than are ever on the screen: those that scroll out are used again. */
const ROWS = 256;

interface LogViewProps {
  readonly open: OpenLog;
  /** Of the file that it is saved as. */
  readonly name: string;
  readonly linkBy: LinkBy;
  readonly code: Code;
}

/**
 * A log of any length: follows its end until the reader scrolls up, and then holds still and says how many lines are new.
 * Searches, wraps, and can be saved.
 */
export function LogView({ open, name, linkBy, code }: LogViewProps) {
  const { lines, error, isOver, retry } = useLog(open);
  const version = useSyncExternalStore(lines.subscribe, lines.version);
  const [search, setSearch] = useState('');
  const [place, setPlace] = useState(0);
  const [isWrapped, setWrapped] = useState(false);
  const [follows, setFollows] = useState(true);
  const [wanted, setWanted] = useParam('line');
  const box = useRef<HTMLDivElement>(null);
  const linePx = useMemo(
    () => Math.round((Number.parseFloat(getComputedStyle(document.documentElement).fontSize) * 10) / 7),
    [],
  );
  const { count, forgotten } = lines;
  const found = lines.find(search);
  const hit = search === '' ? undefined : found[place];
  const columns = useColumns(box, isWrapped);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    // As near as can be: where a row is found to be of another height, all that come after it are placed again.
    estimateSize: (index) => linePx * rowsOf(lines.at(index)?.text ?? '', columns),
    // The same function at each scroll: with another one all lines are placed again.
    getItemKey: useCallback((index: number) => forgotten + index, [forgotten]),
    overscan: 20,
  });
  // Heights that rows had at another width, or unwrapped, are theirs no more.
  useLayoutEffect(() => {
    if (columns !== undefined) virtual.measure();
  }, [columns, virtual]);

  const stop = () => {
    lines.hold();
    setFollows(false);
  };
  const goOn = () => {
    lines.release();
    setFollows(true);
  };
  const show = (index: number) => {
    stop();
    scrolling.byPage();
    virtual.scrollToIndex(index, { align: 'center' });
  };
  const scrolling = useFollowing(box, { follows, stop, goOn });

  // biome-ignore lint/correctness/useExhaustiveDependencies: at each change of the lines.
  useEffect(() => {
    if (follows && count > 0) virtual.scrollToIndex(count - 1, { align: 'end' });
  }, [version, follows, isWrapped]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as soon as something else is looked for, not at each new line.
  useEffect(() => {
    const [first] = found;
    if (first !== undefined) show(first);
  }, [search]);
  const isLost = useLinkedLine(lines, version, { wanted, by: linkBy }, show);

  const step = (by: number) => {
    if (found.length === 0) return;
    const next = (place + by + found.length) % found.length;
    setPlace(next);
    show(found[next] ?? 0);
  };

  return (
    <div className="log">
      <LogToolbar
        search={search}
        onSearch={(text) => {
          setSearch(text);
          setPlace(0);
        }}
        found={search === '' ? null : { place, count: found.length }}
        onStep={step}
        follows={follows}
        onFollow={follows ? stop : goOn}
        isWrapped={isWrapped}
        onWrap={() => setWrapped(!isWrapped)}
        onSave={() => saveLog(lines, name)}
        isEmpty={count === 0}
        isOver={isOver && lines.waiting === 0}
      >
        {formatNumberOf(count, 'line')}
        {forgotten > 0 ? `, ${formatCount(forgotten)} before ${count === 1 ? 'it' : 'them'} left out` : ''}
        {isOver ? ', ended' : ''}
      </LogToolbar>
      <ErrorNote error={error} onRetry={retry} />
      {isLost && (
        <Note tone="warn" title="The line of this link is not shown">
          {linkBy === 'at' && !Number.isNaN(Date.parse(wanted))
            ? `Nothing of ${formatExact(Date.parse(wanted))} is among the lines here: newer ones have taken its place.`
            : 'The log has no such line.'}{' '}
          <Button onPress={() => setWanted('')}>Forget the link</Button>
        </Note>
      )}
      <div
        ref={box}
        className={`log-box${isWrapped ? ' wrapped' : ''}`}
        style={{ height: Math.max(6, count) * linePx + linePx, lineHeight: `${linePx}px` }}
        role="log"
        aria-label={`Log ${name}`}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
        tabIndex={0}
        {...scrolling.handlers}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines.at(item.index);
            if (line === undefined) return null;
            const isHit = hit === item.index || (wanted !== '' && linkOf(line, linkBy) === wanted);
            return (
              <div
                key={isWrapped ? item.key : Number(item.key) % ROWS}
                data-index={item.index}
                ref={isWrapped ? virtual.measureElement : undefined}
                className={`log-line${isHit ? ' hit' : ''}`}
                style={{ transform: `translateY(${item.start}px)`, minHeight: linePx }}
              >
                <LogRow
                  line={line}
                  isNumbered={linkBy === 'line'}
                  search={search}
                  onLink={() => setWanted(linkOf(line, linkBy))}
                />
              </div>
            );
          })}
        </div>
        {count === 0 && error === null && (
          <p className="muted none">{isOver ? 'Nothing was written.' : 'Nothing is written yet.'}</p>
        )}
      </div>
      {lines.waiting > 0 && (
        <div className="fresh">
          <Button kind="primary" icon="down" onPress={goOn}>
            {`${formatCount(lines.waiting)} new ${lines.waiting === 1 ? 'line' : 'lines'}`}
          </Button>
        </div>
      )}
      <AsCode code={code} label="The log as code" />
    </div>
  );
}
