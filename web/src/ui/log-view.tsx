import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { ToygresError, UnavailableError } from '../api/client.ts';
import { formatCount, formatNumberOf } from '../format/numbers.ts';
import { AsCode, type Code } from './as-code.tsx';
import { Button } from './button.tsx';
import { findLines, LogLines, type LogPart } from './log-lines.ts';
import { ErrorNote } from './notices.tsx';
import { useParam } from './search-params.ts';

const LINE_PX = 20;
const NEAR_END_PX = 40;
const AGAIN_MS = 2_000;

interface LogViewProps {
  /** Opens the log from its beginning, or from where it was cut; called again after a cut. */
  readonly open: (signal: AbortSignal) => AsyncIterable<LogPart>;
  /** Of the file that it is saved as. */
  readonly name: string;
  readonly code: Code;
}

/**
 * A log of any length: follows its end until the reader scrolls up, and then says how many lines are new. Searches, wraps,
 * and can be saved.
 */
export function LogView({ open, name, code }: LogViewProps) {
  const { lines, error, isOver } = useLog(open);
  const version = useSyncExternalStore(lines.subscribe, lines.version);
  const [search, setSearch] = useState('');
  const [place, setPlace] = useState(0);
  const [isWrapped, setWrapped] = useState(false);
  const [follows, setFollows] = useState(true);
  const [seen, setSeen] = useState(0);
  const [wanted, setWanted] = useParam('line');
  const box = useRef<HTMLDivElement>(null);
  const all = lines.all;
  const count = all.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same list with more in it.
  const found = useMemo(() => findLines(all, search), [version, search, all]);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: at each change of the lines.
  useEffect(() => {
    if (follows && count > 0) {
      virtual.scrollToIndex(count - 1, { align: 'end' });
      setSeen(count);
    }
  }, [version, follows]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as soon as something else is looked for, not at each new line.
  useEffect(() => {
    const [first] = found;
    if (search === '' || first === undefined) return;
    setFollows(false);
    virtual.scrollToIndex(first, { align: 'center' });
  }, [search]);
  const isAtWanted = useRef(false);
  useEffect(() => {
    if (wanted === '' || isAtWanted.current) return;
    const index = all.findIndex(({ line }) => line === Number(wanted));
    if (index < 0) return;
    isAtWanted.current = true;
    setFollows(false);
    virtual.scrollToIndex(index, { align: 'center' });
  });

  const onScroll = () => {
    const element = box.current;
    if (element === null) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (isAtEnd && !follows && seen < count) setSeen(count);
  };
  const step = (by: number) => {
    if (found.length === 0) return;
    const next = (place + by + found.length) % found.length;
    setPlace(next);
    setFollows(false);
    virtual.scrollToIndex(found[next] ?? 0, { align: 'center' });
  };
  const save = () => {
    const url = URL.createObjectURL(new Blob([all.map(({ text }) => `${text}\n`).join('')], { type: 'text/plain' }));
    const link = Object.assign(document.createElement('a'), { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  const fresh = follows ? 0 : count - seen;

  return (
    <div className="log">
      <div className="toolbar">
        <input
          type="search"
          className="input search-box"
          aria-label="Search in the log"
          placeholder="Search in the log"
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setPlace(0);
          }}
          onKeyDown={(event) => event.key === 'Enter' && step(event.shiftKey ? -1 : 1)}
        />
        {search !== '' && (
          <span className="number" role="status">
            {found.length === 0 ? 'nothing' : `${formatCount(place + 1)} of ${formatCount(found.length)}`}
          </span>
        )}
        <Button icon={follows ? 'pause' : 'play'} pressed={follows} onPress={() => setFollows(!follows)}>
          {follows ? 'Following' : 'Follow'}
        </Button>
        <Button pressed={isWrapped} onPress={() => setWrapped(!isWrapped)}>
          Wrap
        </Button>
        <Button icon="download" onPress={save} refusal={count === 0 ? 'There is nothing to save yet.' : null}>
          Save
        </Button>
        <span className="muted number">
          {formatNumberOf(count, 'line')}
          {isOver ? ', ended' : ''}
        </span>
      </div>
      <ErrorNote error={error} />
      <div
        ref={box}
        className={`log-box${isWrapped ? ' wrapped' : ''}`}
        style={{ height: Math.max(6, count) * LINE_PX + LINE_PX }}
        role="log"
        aria-label={`Log ${name}`}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
        tabIndex={0}
        onScroll={onScroll}
        onWheel={(event) => event.deltaY < 0 && setFollows(false)}
        onKeyDown={(event) => ['PageUp', 'ArrowUp', 'Home'].includes(event.key) && setFollows(false)}
        onTouchMove={() => setFollows(false)}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const line = all[item.index];
            if (line === undefined) return null;
            const isHit = search !== '' && found[place] === item.index;
            return (
              <div
                key={item.key}
                data-index={item.index}
                ref={isWrapped ? virtual.measureElement : undefined}
                className={`log-line${isHit || String(line.line) === wanted ? ' hit' : ''}`}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <button
                  type="button"
                  className="log-number"
                  tabIndex={-1}
                  title={line.at ?? `Line ${line.line}`}
                  onClick={() => setWanted(String(line.line))}
                >
                  {line.line}
                </button>
                <span className="log-text">{mark(line.text, search)}</span>
              </div>
            );
          })}
        </div>
        {count === 0 && error === null && (
          <p className="muted none">{isOver ? 'Nothing was written.' : 'Nothing is written yet.'}</p>
        )}
      </div>
      {fresh > 0 && (
        <div className="fresh">
          <Button kind="primary" icon="down" onPress={() => setFollows(true)}>
            {`${formatCount(fresh)} new ${fresh === 1 ? 'line' : 'lines'}`}
          </Button>
        </div>
      )}
      <AsCode code={code} label="The log as code" />
    </div>
  );
}

function mark(text: string, needle: string) {
  if (needle === '') return text;
  const at = text.toLowerCase().indexOf(needle.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + needle.length)}</mark>
      {text.slice(at + needle.length)}
    </>
  );
}

/** Reads a log for as long as somebody looks at it, over cut lines. */
function useLog(open: LogViewProps['open']) {
  const lines = useMemo(() => {
    void open;
    return new LogLines();
  }, [open]);
  const [error, setError] = useState<Error | null>(null);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const end = new AbortController();
    const read = async () => {
      while (!end.signal.aborted) {
        try {
          for await (const part of open(end.signal)) lines.put(part);
          if (!end.signal.aborted) setOver(true);
          return;
        } catch (failed) {
          if (end.signal.aborted) return;
          if (!(failed instanceof UnavailableError)) {
            setError(failed instanceof ToygresError ? failed : new Error(String(failed)));
            return;
          }
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        }
      }
    };
    void read();
    return () => end.abort();
  }, [open, lines]);
  return { lines, error, isOver };
}
