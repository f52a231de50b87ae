import type { DurableState } from '../../../jobs/ports/source-facts.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { DurableFunctions } from '../../../schema/states.ts';
import { isEnded } from '../../../schema/states.ts';
import type { LockedImage } from '../../stores/images/writes.ts';
import { readInstanceState } from '../../stores/instances/writes.ts';

const NAMED_AT_MOST = 5;
const LONGEST_LABEL = 60;

function nameOf({ id, label }: DurableState['functions'][number]): string {
  // A label is a user's text.
  const clean =
    label
      ?.replaceAll(/\p{C}+/gu, ' ')
      .trim()
      .slice(0, LONGEST_LABEL) ?? '';
  return clean === '' ? id : `"${clean}" (${id})`;
}

/** How many functions they are, and the first of them by name. */
export function describeFunctions({ unfinished, functions }: Pick<DurableState, 'unfinished' | 'functions'>): string {
  if (unfinished === 0) return 'no durable function';
  const named = functions.slice(0, NAMED_AT_MOST).map(nameOf);
  const more = unfinished > named.length ? ` and ${unfinished - named.length} more` : '';
  return `${unfinished} durable function${unfinished === 1 ? '' : 's'}: ${named.join(', ')}${more}`;
}

/**
 * What becomes of the functions that had not ended when an image was taken: as asked for, else CANCEL while the source
 * exists, since both would do the same work, and RESUME when it is gone. Says which, why, and what it concerns.
 */
export async function decideOnFunctions(
  tx: Transaction,
  image: Pick<LockedImage, 'durable' | 'sourceInstanceId' | 'sourceInstanceName'>,
  asked: DurableFunctions | null,
): Promise<{ readonly decision: DurableFunctions; readonly notices: readonly string[] }> {
  const state = await readInstanceState(tx, image.sourceInstanceId);
  const hasSource = state !== null && !isEnded(state);
  const decision = asked ?? (hasSource ? 'CANCEL' : 'RESUME');
  const { durable } = image;
  if (durable === null) {
    if (asked === null) return { decision, notices: [] };
    return { decision, notices: [`durableFunctions: ${asked} concerns nothing: the image holds no pg_durable.`] };
  }
  const source = `its source "${image.sourceInstanceName}" ${hasSource ? 'still exists and goes on with them' : 'is gone'}`;
  const why = asked === null ? `, since ${source}` : '';
  const concerned = `durableFunctions: ${decision}${why}. It concerns ${describeFunctions(durable)}.`;
  if (durable.unfinished === 0) return { decision, notices: [concerned] };
  const means =
    decision === 'CANCEL'
      ? ' They are cancelled before the server starts; to have them go on here, ask for durableFunctions: RESUME.'
      : ' They go on here; what was overdue is done at once, and a step that was under way is done again.';
  const twice = decision === 'RESUME' && hasSource ? ' Their source does the same work at the same time.' : '';
  return { decision, notices: [`${concerned}${means}${twice}`] };
}
