const MAX_CAUSES = 5;

/** An error as it may stand in the log. */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly constraint?: string;
  readonly stack: readonly string[];
  readonly cause?: ErrorDescription;
}

/**
 * Describes an error for the log without what could hold a secret: drizzle puts the values of a failed statement behind
 * "params:", PostgreSQL puts those of the row into `detail` and `where`, clients of other services put bodies and headers
 * into fields of their own. Only what is listed here is taken over.
 */
export function describeError(error: unknown, depth = 1): ErrorDescription {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something that is no Error was thrown', stack: [] };
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown };
  return {
    type: error.name,
    message: withoutValues(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    stack: framesOf(error),
    ...(error.cause !== undefined && depth < MAX_CAUSES ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

function withoutValues(message: string): string {
  const values = message.search(/\bparams:/);
  return values === -1 ? message : `${message.slice(0, values)}params: [left out]`;
}

/** The places alone: the head of a stack repeats the message. */
function framesOf(error: Error): string[] {
  const lines = error.stack?.split('\n') ?? [];
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
