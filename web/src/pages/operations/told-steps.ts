import type { OperationStepFragment } from '../../generated/graphql.ts';

type Step = OperationStepFragment;

const isOver = ({ state }: Step) => state !== 'RUNNING' && state !== 'PENDING';
const momentOf = ({ startedAt, finishedAt }: Step) => Date.parse(finishedAt ?? startedAt ?? '1970-01-01');

/** Which of both is the later word on a step: that of the later try, of the later moment, the one that says it is over. */
function later(answered: Step, told: Step): Step {
  if (answered.attempt !== told.attempt) return answered.attempt > told.attempt ? answered : told;
  if (isOver(answered) !== isOver(told)) {
    const [over, other] = isOver(answered) ? [answered, told] : [told, answered];
    return momentOf(other) > momentOf(over) ? other : over;
  }
  return momentOf(answered) > momentOf(told) ? answered : told;
}

/**
 * Steps as they stand by both, an answer and what was told since by events. Neither is always the later: events go on while an
 * answer gets old, and the last of them may be missing where an operation is over.
 */
export function standingSteps(
  answered: readonly Step[],
  events: readonly { readonly step?: Step | null | undefined }[],
) {
  const told = new Map(events.flatMap(({ step }) => (step ? [[step.position, step] as const] : [])));
  return answered.map((step) => {
    const news = told.get(step.position);
    return news === undefined ? step : later(step, news);
  });
}

/** Which steps are at which try in which state, as a word: another word means that something begins or ends. */
export function wordOf(steps: readonly Step[]): string {
  return steps.map(({ position, attempt, state }) => `${position}.${attempt}.${state}`).join(' ');
}
