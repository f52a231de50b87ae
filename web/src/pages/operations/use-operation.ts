import { useEffect, useState } from 'react';
import { api, NotFoundError, type ToygresError } from '../../api/client.ts';
import { queries, useApi } from '../../api/queries.ts';
import { type FollowOperationSubscription, OperationDetailDocument } from '../../generated/graphql.ts';

type Event = FollowOperationSubscription['operationEvents'];

/** Events are shown at most so often, however fast they come. */
const SHOW_MS = 100;

/** An operation with all its events so far, live: each event once, over cut lines and reloads. */
export function useOperation(id: string) {
  const query = useApi(OperationDetailDocument, { id }, { nouns: ['operation'] });
  const [events, setEvents] = useState<readonly Event[]>([]);

  useEffect(() => {
    const end = new AbortController();
    const { signal } = end;
    const all: Event[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      timer = undefined;
      setEvents([...all]);
    };
    const follow = async () => {
      const told = api.operationEvents(id, { signal, awayForMs: Number.POSITIVE_INFINITY });
      for await (const event of told) {
        all.push(event as Event);
        timer ??= setTimeout(show, SHOW_MS);
      }
      // What only stands in the operation: findings, jobs, the failure as a whole.
      await queries.invalidateQueries({ queryKey: ['OperationDetail', { id }] });
    };
    follow().catch((error: unknown) => {
      if (!(error instanceof NotFoundError) && !signal.aborted) void queries.invalidateQueries();
    });
    return () => {
      end.abort();
      clearTimeout(timer);
      setEvents([]);
    };
  }, [id]);

  const operation = query.data?.operation;
  const last = events.at(-1);
  if (!operation) return { ...query, error: query.error as ToygresError | null, operation, events };
  // The newest that was told of each step, in place of what the answer had.
  const told = new Map(events.flatMap(({ step }) => (step ? [[step.position, step] as const] : [])));
  const steps = operation.steps.map((step) => told.get(step.position) ?? step);
  const isNewer = last !== undefined && last.percent >= operation.percent && !isOver(operation.state);
  const live = isNewer ? { ...operation, state: last.state, percent: last.percent, steps } : { ...operation, steps };
  return { ...query, error: query.error as ToygresError | null, operation: live, events };
}

export const isOver = (state: string) => /SUCCEEDED|FAILED|CANCELLED/.test(state);
