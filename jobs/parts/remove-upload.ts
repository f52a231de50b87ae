import { setTimeout as delay } from 'node:timers/promises';
import type { UndoContext } from '../workflow/context.ts';

const LOOK_MS = 1_000;
const QUIET_LOOKS = 2;

/**
 * Removes what the operation's ended jobs have uploaded. A store may still be at work on requests whose sender is dead
 * (it hung, or was slow), and files come up after all were removed: so it is looked at again until it stays empty.
 */
export async function removeUpload({ undo, store, jobs, operationId }: UndoContext, imageId: string): Promise<void> {
  await undo('Remove what was uploaded', async ({ signal }) => {
    await store.removeImage(imageId);
    if ((await jobs.list(operationId)).length === 0) return;
    for (let quiet = 0; quiet < QUIET_LOOKS; ) {
      await delay(LOOK_MS, undefined, { signal });
      if ((await store.listFiles(imageId)).length === 0) quiet += 1;
      else {
        quiet = 0;
        await store.removeImage(imageId);
      }
    }
  });
}
