import { useEffect, useRef, useState } from 'react';
import { api, NotFoundError, type ToygresError } from '../../api/client.ts';
import { AGAIN_MS, pause } from '../../api/pause.ts';
import { queries, useApi } from '../../api/queries.ts';
import { type FollowOperationSubscription, OperationDetailDocument } from '../../generated/graphql.ts';
import { standingSteps, wordOf } from './told-steps.ts';

type Event = FollowOperationSubscription['operationEvents'];

/** Events are shown at most so often, however fast they come. */
const SHOW_MS = 100;

/** Events since the operation was begun the last time: what was told of an earlier run is over. */
function ofThisRun(events: readonly Event[], state: string): readonly Event[] {
  const ends = events.flatMap((event, index) => (isOver(event.state) ? [index] : []));
  const last = isOver(state) ? ends.at(-2) : ends.at(-1);
  return last === undefined ? events : events.slice(last + 1);
}

/** An operation with all its events so far, live: each event once, over cut lines, reloads and retries. */
export function useOperation(id: string) {
  const query = useApi(OperationDetailDocument, { id }, { nouns: ['operation'], about: id });
  const [kept, setKept] = useState<{ readonly id: string; readonly events: readonly Event[] }>({ id, events: [] });
  const [isQuiet, setQuiet] = useState(false);
  const all = useRef<{ id: string; events: Event[] }>({ id, events: [] });
  const operation = query.data?.operation;
  // It was over and has been begun again.
  const isAgain = isQuiet && operation != null && !isOver(operation.state);

  useEffect(() => {
    if (isQuiet && !isAgain) return;
    setQuiet(false);
    if (all.current.id !== id) all.current = { id, events: [] };
    const { events } = all.current;
    const end = new AbortController();
    const { signal } = end;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      timer = undefined;
      setKept({ id, events: [...events] });
    };
    const follow = async () => {
      const after = events.at(-1)?.sequence ?? 0;
      for await (const event of api.operationEvents(id, { after, signal, awayForMs: Number.POSITIVE_INFINITY })) {
        events.push(event as Event);
        timer ??= setTimeout(show, SHOW_MS);
      }
      if (signal.aborted) return;
      clearTimeout(timer);
      show();
      // What only stands in the operation: findings, jobs, the failure as a whole.
      await queries.invalidateQueries({ queryKey: ['OperationDetail', { id }] });
      setQuiet(true);
    };
    const goOn = async () => {
      while (!signal.aborted) {
        try {
          return await follow();
        } catch (error) {
          if (error instanceof NotFoundError) return;
          await pause(AGAIN_MS, signal);
          if (!signal.aborted) void queries.invalidateQueries({ queryKey: ['OperationDetail', { id }] });
        }
      }
    };
    void goOn();
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, [id, isQuiet, isAgain]);

  const error = query.error as ToygresError | null;
  const events = operation && kept.id === id ? ofThisRun(kept.events, operation.state) : [];
  const steps = standingSteps(operation?.steps ?? [], events);
  // Jobs and findings come with steps: where one begins or ends, the answer is asked for again, once.
  const word = wordOf(steps);
  const isBehind = operation != null && word !== wordOf(operation.steps);
  useEffect(() => {
    if (isBehind && word !== '') void queries.invalidateQueries({ queryKey: ['OperationDetail', { id }] });
  }, [id, isBehind, word]);
  if (!operation) return { ...query, error, operation, events: [] };
  const last = events.at(-1);
  const isNewer = last !== undefined && last.percent >= operation.percent && !isOver(operation.state);
  const live = isNewer ? { ...operation, state: last.state, percent: last.percent, steps } : { ...operation, steps };
  return { ...query, error, operation: live, events };
}

export const isOver = (state: string) => /SUCCEEDED|FAILED|CANCELLED/.test(state);
