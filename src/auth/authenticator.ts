import type { Caller } from '../../resolvers/ports/commands.ts';
import { AppError } from '../../schema/errors.ts';
import { equalSecrets } from '../secrets/equal-secrets.ts';
import { readBearer } from './bearer.ts';

/** The one token, and whose it is. */
export interface AuthenticatorOptions {
  /** The bearer token of the first administrator. */
  readonly token: string;
  readonly username: string;
}

/** Tells who is asking by the token that is shown. */
export interface TokenAuthenticator {
  /**
   * Who shows this `Authorization` value (of HTTP, or of a WebSocket's connectionParams).
   *
   * Throws UNAUTHENTICATED when it is missing, out of form or wrong; how near it came can't be told from the time taken.
   */
  authenticate(authorization: unknown): Promise<Caller>;
}

/** Knows one token, that of the administrator: for what has no users. */
export function createAuthenticator({ token, username }: AuthenticatorOptions): TokenAuthenticator {
  const administrator: Caller = { kind: 'USER', id: null, name: username, role: 'ADMIN' };
  return {
    async authenticate(authorization) {
      const given = readBearer(authorization);
      if (given === null) {
        throw new AppError('UNAUTHENTICATED', 'No token was sent: send "Authorization: Bearer TOKEN".');
      }
      if (equalSecrets(given, token)) return administrator;
      throw new AppError(
        'UNAUTHENTICATED',
        'The token was not accepted: send "Authorization: Bearer TOKEN" with the right one.',
      );
    },
  };
}
