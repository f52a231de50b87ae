import type { OperationState } from '../../../schema/states.ts';

/** What to tell a caller whose idempotency key stands for an operation that did not succeed; null when there is nothing. */
export function noticeOfRepeat(state: OperationState | null): string | null {
  const known = 'This idempotency key was used before, and its operation';
  if (state === 'FAILED') {
    return `${known} has FAILED: nothing new was begun. Take it up again with retryOperation, or use a new key.`;
  }
  if (state === 'CANCELLED' || state === 'CANCELLING') {
    return `${known} was cancelled: nothing new was begun. Use a new key to ask for the same anew.`;
  }
  return null;
}
