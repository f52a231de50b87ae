import type { OperationStepFragment } from '../../generated/graphql.ts';

/** One try at a step, from when to when; no end: it is going on. */
export interface Segment {
  readonly attempt: number;
  readonly from: number;
  readonly to: number | null;
  readonly state: string;
}

export interface Row {
  readonly step: OperationStepFragment;
  readonly segments: readonly Segment[];
}

/** What an operation's time went into. Times in ms. */
export interface Waterfall {
  readonly from: number;
  readonly to: number;
  /** Until a worker began. */
  readonly queuedUntil: number;
  readonly rows: readonly Row[];
  /** From when on what was done was taken back; null where nothing was. */
  readonly undoneFrom: number | null;
  readonly events: number;
}

export interface StepEvent {
  readonly at: string;
  /** Of the operation. */
  readonly state?: string;
  readonly step?: OperationStepFragment | null | undefined;
}

/** Tries at one step, from what was told of it. Each begins where the step was first told to be at it. */
function readSegments(step: OperationStepFragment, events: readonly StepEvent[]): readonly Segment[] {
  const tries = new Map<number, { from: number; to: number | null; state: string }>();
  const tell = (told: OperationStepFragment, at: number) => {
    if (told.attempt === 0 || !told.startedAt) return;
    const known = tries.get(told.attempt);
    const isOver = told.state !== 'RUNNING' && told.state !== 'PENDING';
    const to = isOver ? (told.finishedAt ? Date.parse(told.finishedAt) : at) : null;
    const from = known?.from ?? Math.max(Date.parse(told.startedAt), tries.get(told.attempt - 1)?.to ?? 0);
    tries.set(told.attempt, { from, to, state: told.state });
  };
  for (const { step: told, at } of events) if (told?.position === step.position) tell(told, Date.parse(at));
  tell(step, step.finishedAt ? Date.parse(step.finishedAt) : 0);
  const ordered = [...tries].sort(([a], [b]) => a - b);
  return ordered.map(([attempt, { from, to, state }], index) => {
    const next = ordered[index + 1]?.[1].from;
    // One that was never told to be over ended when the next began, at the latest.
    const end = to ?? next ?? null;
    const wasCut = to === null && next !== undefined;
    return { attempt, from, to: end === null ? null : Math.max(from, end), state: wasCut ? 'FAILED' : state };
  });
}

/** When the present run was asked for, and when a worker took it: the first one with the operation, others by their events. */
function beginOf(
  operation: { readonly createdAt: string; readonly startedAt?: string | null | undefined },
  events: readonly StepEvent[],
  isAgain: boolean,
): { readonly from: number; readonly startedAt: number | null } {
  const { createdAt, startedAt } = operation;
  if (!isAgain) return { from: Date.parse(createdAt), startedAt: startedAt ? Date.parse(startedAt) : null };
  const [asked] = events;
  const taken = events.find(({ state }) => state !== undefined && state !== 'QUEUED');
  return { from: Date.parse(asked?.at ?? createdAt), startedAt: taken ? Date.parse(taken.at) : null };
}

/**
 * Rows of steps over one span of time, which ends with the operation, or now. `isAgain`: it was retried, and the events are
 * those since then; what an earlier run has done already has no segments.
 */
export function buildWaterfall(
  operation: {
    readonly createdAt: string;
    readonly state?: string;
    readonly startedAt?: string | null | undefined;
    readonly finishedAt?: string | null | undefined;
    readonly steps: readonly OperationStepFragment[];
  },
  events: readonly StepEvent[],
  now: number,
  isAgain = false,
): Waterfall {
  const { from, startedAt } = beginOf(operation, events, isAgain);
  const to = Math.max(operation.finishedAt ? Date.parse(operation.finishedAt) : now, from + 1);
  const queuedUntil = startedAt ?? to;
  const rows = operation.steps.map((step) => ({
    step,
    segments: readSegments(step, events).filter((segment) => (segment.to ?? to) > from || segment.from >= from),
  }));
  const ends = rows.flatMap(({ segments }) => segments.map((segment) => segment.to ?? to));
  const isUndone = /FAILED|CANCELLING|CANCELLED/.test(operation.state ?? '') && ends.length > 0;
  const undoneFrom = isUndone && Math.max(...ends) < to ? Math.max(...ends) : null;
  return { from, to, queuedUntil, rows, undoneFrom, events: events.length };
}
