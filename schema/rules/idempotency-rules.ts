import { checkText } from './text-rules.ts';

/** Characters that an idempotency key may have. */
export const IDEMPOTENCY_KEY_MAX = 255;

/** Requires a key that can be kept; inputs without one pass. */
export function checkIdempotencyKey(input: { readonly idempotencyKey?: string | null | undefined }): void {
  if (input.idempotencyKey == null) return;
  checkText('idempotencyKey', input.idempotencyKey, {
    noun: 'idempotency key',
    minCharacters: 1,
    maxCharacters: IDEMPOTENCY_KEY_MAX,
  });
}
