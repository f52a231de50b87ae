import { explainRefusal } from '../../../machine/store-refusals.ts';
import { JobFailure } from '../../attempt/failure.ts';

interface StoreError {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message: string;
}

/** What the store, or the way to it, said: one line for the user. A failure that has words already stays. */
export function describeStoreError(error: unknown, name: string): Error {
  if (error instanceof JobFailure || !(error instanceof Error))
    return error instanceof Error ? error : new Error(String(error));
  const { statusCode, code, message } = error as StoreError;
  const [first = ''] = message.split('\n');
  if (statusCode === undefined) {
    return new JobFailure(`the blob store does not answer: ${code ?? ''} ${first}`.replace(/ +/g, ' '), {
      cause: error,
    });
  }
  const words = explainRefusal(code ?? '') ?? first;
  return new JobFailure(`the blob store refused ${name}: ${code ?? statusCode}: ${words}`, { cause: error });
}
