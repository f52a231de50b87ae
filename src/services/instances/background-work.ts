import { ACTING_SUBSCRIPTIONS } from '../../../jobs/ports/source-facts.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { BackgroundWork } from '../../../schema/states.ts';
import type { LockedImage } from '../../stores/images/writes.ts';
import { readInstanceState } from '../../stores/instances/writes.ts';

/** Extensions that do things at times of their own. */
const ACTING: ReadonlySet<string> = new Set(['pg_cron']);

/**
 * What becomes of work that acts by itself: as asked for, else HOLD while the source exists, since both would do the same,
 * and RUN when it is gone. Says which and why where the image is known to hold any.
 */
export async function decideOnBackgroundWork(
  tx: Transaction,
  image: Pick<LockedImage, 'extensions' | 'findings' | 'sourceInstanceId' | 'sourceInstanceName'>,
  asked: BackgroundWork | null,
): Promise<{ readonly decision: BackgroundWork; readonly notices: readonly string[] }> {
  const state = await readInstanceState(tx, image.sourceInstanceId);
  const hasSource = state !== null && state !== 'DELETED' && state !== 'FAILED';
  const decision = asked ?? (hasSource ? 'HOLD' : 'RUN');
  const acting = image.extensions.filter(({ name }) => ACTING.has(name));
  const taking = image.findings.flatMap(({ object, database }) =>
    object === ACTING_SUBSCRIPTIONS && database !== null ? [database] : [],
  );
  if (acting.length + taking.length === 0) return { decision, notices: [] };
  const source = `its source "${image.sourceInstanceName}" ${hasSource ? 'still exists and goes on with it' : 'is gone'}`;
  const why = asked === null ? `, since ${source}` : '';
  const where = [
    ...acting.map(({ name, database }) => `${name} in database ${database}`),
    ...taking.map((database) => `subscriptions in database ${database}`),
  ].join(', ');
  const held = [
    ...(acting.length === 0 ? [] : ['Its jobs are there and inactive']),
    ...(taking.length === 0 ? [] : ['Subscriptions are there and disabled']),
  ].join('. ');
  const running = `${acting.length === 0 ? '' : ' Its jobs run here.'}${taking.length === 0 ? '' : ' Subscriptions take changes here.'}`;
  const means =
    decision === 'HOLD'
      ? ` ${held}; findings of the instance say how to let them run, or ask for backgroundWork: RUN.`
      : running;
  const twice = decision === 'RUN' && hasSource ? ' Their source does the same work at the same time.' : '';
  return { decision, notices: [`backgroundWork: ${decision}${why}. It concerns ${where}.${means}${twice}`] };
}
