import type { StepEvent } from './waterfall.ts';

interface RunEvent extends StepEvent {
  readonly state: string;
}

/** One go at an operation that was retried afterwards. */
export interface EarlierRun {
  readonly from: number;
  readonly to: number;
  /** The step that it ended in, and why; null where it told of none. */
  readonly failedStep: string | null;
  readonly message: string | null;
}

export const isOver = (state: string) => /SUCCEEDED|FAILED|CANCELLED/.test(state);

/** Events by the run that they tell of: those of the runs that were retried since, and those of the present one. */
export function splitRuns<Event extends RunEvent>(
  events: readonly Event[],
  state: string,
): { readonly earlier: readonly (readonly Event[])[]; readonly present: readonly Event[] } {
  const runs: Event[][] = [[]];
  for (const event of events) {
    runs.at(-1)?.push(event);
    if (isOver(event.state)) runs.push([]);
  }
  // Behind the end of one that is over nothing comes.
  if (isOver(state) && runs.length > 1) runs.pop();
  return { earlier: runs.slice(0, -1), present: runs.at(-1) ?? [] };
}

/** What is told of a run that was retried. */
export function tellRun(events: readonly RunEvent[]): EarlierRun | null {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return null;
  const failed = events.findLast(({ step }) => step?.state === 'FAILED')?.step;
  return {
    from: Date.parse(first.at),
    to: Date.parse(last.at),
    failedStep: failed?.name ?? null,
    message: failed?.failure?.message ?? null,
  };
}
