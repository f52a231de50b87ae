import { AppError } from '../../../schema/errors.ts';

/** A broken link that says by itself how to mend it. */
export class BrokenLinkError extends AppError {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super('UNAVAILABLE', message);
    this.remedy = remedy;
  }
}

/** What is said of a link of which nothing is known yet, good or bad. */
export class UnknownLink {
  readonly detail: string;

  constructor(detail: string) {
    this.detail = detail;
  }
}
