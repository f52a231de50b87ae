/** Every code that a client of the API can meet in `extensions.code` or `Failure.code`. */
export const ERROR_CODES = [
  'NOT_FOUND',
  'CONFLICT',
  'INVALID_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'UNAVAILABLE',
  'STEP_FAILED',
  'CANCELLED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * What programs may read beside the code: the input field at fault, the rule it broke, the operation that is in the way of
 * a CONFLICT, the log reference of an INTERNAL.
 */
export interface ErrorDetails {
  readonly field?: string;
  readonly rule?: string;
  readonly operationId?: string;
  readonly reference?: string;
}

/**
 * An error whose message may be shown to a user and says what to do next.
 *
 * Everything that is not one reaches clients as INTERNAL with a reference into the log. `cause` is for the log alone:
 * adapters must not put into `message` what could hold a secret (a body, a header, query parameters).
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The error for input that breaks a rule: names the field and the rule. */
export function invalidInput(field: string, rule: string, message: string): AppError {
  return new AppError('INVALID_INPUT', message, { details: { field, rule } });
}

/**
 * Whether trying again can help; decided here once for steps, compensations and clients alike.
 *
 * Only UNAVAILABLE says that the cause is outside and may pass. An INTERNAL is a fault of ours: repeating it hides it.
 */
export function isRetryable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'UNAVAILABLE';
}

/** Ends a switch over a closed union: a new member is a compile error, not a silent fall-through. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
