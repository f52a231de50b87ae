import type { Accepted } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Admission } from '../commands/gate.ts';
import { requireImage } from '../commands/locked-records.ts';

/** Begins a drill of an image; `not available yet` in the contract's sense. */
export async function writeVerification(admission: Admission, imageId: string): Promise<Accepted> {
  await requireImage(admission, imageId);
  throw new AppError(
    'UNAVAILABLE',
    'Verifying an image by a trial restore is not available yet: restore it with createInstance(sourceImageId) ' +
      'and look at what it holds.',
    { details: { rule: 'notAvailableYet' } },
  );
}
