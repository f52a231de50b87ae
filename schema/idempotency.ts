/** How every input describes its idempotency key. */
export const IDEMPOTENCY_KEY =
  'Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does ' +
  'nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again.';
