import { JobFailure } from '../../attempt/failure.ts';

/** How long one request may take: it carries a block, or nothing. */
const REQUEST_MS = 60_000;
const TRIES = 3;

/**
 * Makes a request that may be made again, and again when it was not answered in time: by itself the client library waits for
 * ever on a connection that a network has forgotten. Throws a JobFailure when the store does not answer at all, and what the
 * work throws otherwise.
 */
export async function patiently<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  requestMs: number = REQUEST_MS,
): Promise<T> {
  for (let nth = 1; ; nth += 1) {
    const late = AbortSignal.timeout(requestMs);
    try {
      return await work(AbortSignal.any([signal, late]));
    } catch (error) {
      if (signal.aborted || !late.aborted) throw error;
      if (nth < TRIES) continue;
      const seconds = Math.round((requestMs * TRIES) / 1000);
      throw new JobFailure(`the blob store does not answer: nothing was heard of it for ${seconds} seconds`, {
        cause: error,
      });
    }
  }
}
