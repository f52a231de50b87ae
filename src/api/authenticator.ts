import type { Caller } from '../../resolvers/ports/commands.ts';

/** Tells who is asking. */
export interface Authenticator {
  /**
   * Takes the value of `Authorization`, or of a WebSocket's `connectionParams.authorization`, whatever it is.
   * Throws UNAUTHENTICATED.
   */
  authenticate(authorization: unknown): Promise<Caller>;
}
