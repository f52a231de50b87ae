import { connect } from '../../../src/client/connect.ts';
import { tellSocket } from './connection.ts';

/** Where the console lies: the server's root, or where a proxy has it. Ends in `/`. */
export const ROOT = new URL(document.baseURI);

/** Where the API is, as people write it into programs. */
export const API_URL = new URL('graphql', ROOT).href;

/** What is only read is asked for again, rather than waited for. */
const ANSWER_MS = 20_000;
/** Whether something was done is waited for longer than it ever takes. */
export const DONE_MS = 60_000;

/** The public API, signed in by the session's cookie. */
export const api = connect({ url: API_URL, answerWithinMs: ANSWER_MS, onSocket: tellSocket });

export {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  ToygresError,
  type TypedDocument,
  UnauthenticatedError,
  UnavailableError,
} from '../../../src/client/connect.ts';
