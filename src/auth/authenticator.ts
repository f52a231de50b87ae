import type { Caller } from '../../resolvers/ports/commands.ts';
import { AppError } from '../../schema/errors.ts';
import { equalSecrets } from '../secrets/equal-secrets.ts';

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;
// What no token comes near; longer ones are not even hashed.
const MAX_LENGTH = 8192;

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

/** Knows one token, that of the administrator. */
export function createAuthenticator({ token, username }: AuthenticatorOptions): TokenAuthenticator {
  const administrator: Caller = { kind: 'USER', id: null, name: username, role: 'ADMIN' };
  return {
    async authenticate(authorization) {
      if (typeof authorization !== 'string' || authorization === '') {
        throw new AppError('UNAUTHENTICATED', 'No token was sent: send "Authorization: Bearer TOKEN".');
      }
      const given = authorization.length > MAX_LENGTH ? undefined : BEARER.exec(authorization)?.[1];
      if (given !== undefined && equalSecrets(given, token)) return administrator;
      throw new AppError(
        'UNAUTHENTICATED',
        'The token was not accepted: send "Authorization: Bearer TOKEN" with the right one.',
      );
    },
  };
}
