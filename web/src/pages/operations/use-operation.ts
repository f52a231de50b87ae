import { useEffect, useRef, useState } from 'react';
import { api, NotFoundError, type ToygresError } from '../../api/client.ts';
import { AGAIN_MS, pause } from '../../api/pause.ts';
import { queries, useApi } from '../../api/queries.ts';
import { type FollowOperationSubscription, OperationDetailDocument } from '../../generated/graphql.ts';
import { isOver, splitRuns, tellRun } from './runs.ts';
import { standingSteps, wordOf } from './told-steps.ts';

type Event = FollowOperationSubscription['operationEvents'];

/** Events are shown at most so often, however fast they come. */
const SHOW_MS = 100;

/**
 * An operation with all its events so far, live: each event once, over cut lines, reloads and retries. What was told of runs
 * that were retried since is apart.
 */
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
  const told = splitRuns(operation && kept.id === id ? kept.events : [], operation?.state ?? '');
  const { present: events } = told;
  const earlier = told.earlier.map(tellRun).filter((run) => run !== null);
  const steps = standingSteps(operation?.steps ?? [], events);
  // Jobs and findings come with steps: where one begins or ends, the answer is asked for again, once.
  const word = wordOf(steps);
  const isBehind = operation != null && word !== wordOf(operation.steps);
  useEffect(() => {
    if (isBehind && word !== '') void queries.invalidateQueries({ queryKey: ['OperationDetail', { id }] });
  }, [id, isBehind, word]);
  if (!operation) return { ...query, error, operation, events: [], earlier };
  const last = events.at(-1);
  const isNewer = last !== undefined && last.percent >= operation.percent && !isOver(operation.state);
  const live = isNewer ? { ...operation, state: last.state, percent: last.percent, steps } : { ...operation, steps };
  return { ...query, error, operation: live, events, earlier };
}
