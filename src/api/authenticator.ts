import type { Caller } from '../../resolvers/ports/commands.ts';

/** What comes with a request, besides `Authorization`, by which its caller may be known. */
export interface RequestSource {
  /** The secret in the session's cookie, only where the request may use it. */
  readonly session: string | null;
  readonly address: string | null;
}

/** Tells who is asking. */
export interface Authenticator {
  /**
   * Takes the value of `Authorization`, or of a WebSocket's `connectionParams.authorization`, whatever it is, and what else
   * the request came with. Throws UNAUTHENTICATED.
   */
  authenticate(authorization: unknown, source?: RequestSource): Promise<Caller>;
  /**
   * Calls back once when what the caller showed has ended, or gives it other rights than it gave. Answers with the way to
   * stop that. Without it nothing ends.
   */
  readonly watch?: (authorization: unknown, source: RequestSource, caller: Caller, onEnd: () => void) => () => void;
}
