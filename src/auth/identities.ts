import type { Caller } from '../../resolvers/ports/commands.ts';
import { AppError } from '../../schema/errors.ts';
import type { Scope } from '../../schema/rules/scope-rules.ts';
import { ROLES, type Role } from '../../schema/states.ts';
import type { Database } from '../db/database.ts';
import { API_TOKEN_PREFIX, hashSecret } from '../secrets/bearer-secret.ts';
import { equalSecrets } from '../secrets/equal-secrets.ts';
import { readToken, type ValidToken } from '../stores/access/api-tokens.ts';
import { readSession } from '../stores/access/sessions.ts';
import { readBearer } from './bearer.ts';
import { SESSION_IDLE_SECONDS } from './lifetimes.ts';

/** What came with a request, besides `Authorization`, by which its caller may be known. */
export interface RequestSource {
  /** The secret in the session's cookie, only where the request may use it. */
  readonly session: string | null;
  readonly address: string | null;
}

export interface IdentitiesOptions {
  readonly database: Database;
  /** The bearer token of the configured administrator. */
  readonly token: string;
  readonly username: string;
}

/** Finds who shows a credential, with the rights that it has at this moment. */
export interface Identities {
  /** UNAUTHENTICATED unless the credential holds. `touch: false` does not count as a use of it. */
  identify(authorization: unknown, source: RequestSource, options?: { readonly touch: boolean }): Promise<Caller>;
}

const refused = (message: string) => new AppError('UNAUTHENTICATED', message);

function weaker(a: Role, b: Role): Role {
  return ROLES.indexOf(a) < ROLES.indexOf(b) ? a : b;
}

/** Both scopes at once; null when nothing can be within both. */
export function joinScopes(a: Scope, b: Scope): Scope | null {
  const contradicts = Object.entries(a).some(([key, value]) => Object.hasOwn(b, key) && b[key] !== value);
  return contradicts ? null : { ...a, ...b };
}

/** A token is never worth more than its user is now. */
function callerOfToken(token: ValidToken, address: string | null): Caller | null {
  const { id, name, userId, ownerRole, ownerScope, expiresAt } = token;
  const role = ownerRole === null ? token.role : weaker(token.role, ownerRole);
  const scope = joinScopes(token.scope, ownerScope ?? {});
  return scope === null ? null : { kind: 'TOKEN', id, name, role, scope, address, userId, expiresAt };
}

export function createIdentities({ database, token, username }: IdentitiesOptions): Identities {
  async function byBearer(given: string, address: string | null, touch: boolean): Promise<Caller> {
    if (equalSecrets(given, token)) {
      return { kind: 'USER', id: null, name: username, role: 'ADMIN', scope: {}, address, userId: null };
    }
    const known = given.startsWith(API_TOKEN_PREFIX) ? await readToken(database, hashSecret(given), { touch }) : null;
    const caller = known === null ? null : callerOfToken(known, address);
    if (caller !== null) return caller;
    throw refused(
      'The token was not accepted: send "Authorization: Bearer TOKEN" with one that is right, not expired and not revoked.',
    );
  }

  async function bySession(secret: string, address: string | null, touch: boolean): Promise<Caller> {
    const session = await readSession(database, hashSecret(secret), { idleSeconds: SESSION_IDLE_SECONDS, touch });
    if (session === null) throw refused('The session is over: sign in again.');
    const { id: sessionId, userId, username: name, role, scope } = session;
    return { kind: 'USER', id: userId, name, role, scope, address, userId, sessionId };
  }

  return {
    async identify(authorization, { session, address }, { touch } = { touch: true }) {
      const given = readBearer(authorization);
      if (given !== null) return byBearer(given, address, touch);
      if (session !== null) return bySession(session, address, touch);
      throw refused('No token was sent: send "Authorization: Bearer TOKEN", or sign in.');
    },
  };
}
