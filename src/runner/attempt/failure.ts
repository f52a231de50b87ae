/** Why an attempt failed, in one line for the user. `final`: another attempt cannot help. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly final: boolean;
  constructor(message: string, options: { readonly final?: boolean; readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.final = options.final ?? false;
  }
}

/** A failure that another attempt cannot cure: the job ends. */
export function finalFailure(message: string, cause?: unknown): JobFailure {
  return new JobFailure(message, { final: true, cause });
}
