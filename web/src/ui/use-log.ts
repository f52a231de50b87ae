import { useEffect, useMemo, useState } from 'react';
import { ToygresError, UnavailableError } from '../api/client.ts';
import { LogLines, type LogPart } from './log-lines.ts';

const AGAIN_MS = 2_000;

/** Opens a log from its beginning, or from where it was cut; called again after a cut. */
export type OpenLog = (signal: AbortSignal) => AsyncIterable<LogPart>;

/** Reads a log for as long as somebody looks at it, over cut lines. */
export function useLog(open: OpenLog): {
  readonly lines: LogLines;
  readonly error: Error | null;
  readonly isOver: boolean;
  /** After an error: goes on from where it was cut. */
  readonly retry: () => void;
} {
  const lines = useMemo(() => {
    void open;
    return new LogLines();
  }, [open]);
  const [error, setError] = useState<Error | null>(null);
  const [isOver, setOver] = useState(false);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once more for each time that somebody asks again.
  useEffect(() => {
    const end = new AbortController();
    setError(null);
    setOver(false);
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
  }, [open, lines, tries]);
  return { lines, error, isOver, retry: () => setTries(tries + 1) };
}
