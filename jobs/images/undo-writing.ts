import { setTimeout as delay } from 'node:timers/promises';
import type { UndoContext } from '../workflow/context.ts';

const LOOK_MS = 1_000;
const QUIET_LOOKS = 2;

/**
 * Removes what the operation's ended jobs have written to the blob store. A store may still be at work on requests whose
 * sender is dead (it hung, or was slow), and files come up after all were removed: so `remove`, which answers with how many
 * files it found, is called until the store stays empty.
 */
export async function undoWriting(
  { undo, jobs, operationId }: UndoContext,
  name: string,
  remove: () => Promise<number>,
): Promise<void> {
  await undo(name, async ({ signal }) => {
    await remove();
    if ((await jobs.list(operationId)).length === 0) return;
    for (let quiet = 0; quiet < QUIET_LOOKS; ) {
      await delay(LOOK_MS, undefined, { signal });
      quiet = (await remove()) === 0 ? quiet + 1 : 0;
    }
  });
}
