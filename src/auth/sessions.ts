import { randomUUID } from 'node:crypto';
import type { AuditEntry, SessionCookies, Sessions } from '../../resolvers/ports/access.ts';
import type { Caller } from '../../resolvers/ports/commands.ts';
import { AppError } from '../../schema/errors.ts';
import { isUsername } from '../../schema/rules/access-rules.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';
import { createBearerSecret, hashSecret } from '../secrets/bearer-secret.ts';
import type { PasswordHasher } from '../secrets/password-hash.ts';
import { insertAuditEntry, writeAuditEntry } from '../stores/access/audit.ts';
import { deleteSession, deleteSessionsOf, insertSession } from '../stores/access/sessions.ts';
import { changeUser, lockUser, readUserByName, type StoredUser } from '../stores/access/users.ts';
import type { Devices } from './devices.ts';
import { SESSION_IDLE_SECONDS, SESSION_LIFE_SECONDS } from './lifetimes.ts';
import type { LoginLimits } from './login-limits.ts';

export interface SessionsOptions {
  readonly database: Database;
  readonly hasher: PasswordHasher;
  readonly limits: LoginLimits;
  readonly devices: Devices;
  readonly log: Logger;
  /** To be told that the audit log has its line. */
  readonly written: () => void;
  /** Told of each sign-in that was refused. */
  readonly onRefused?: (reason: 'credentials' | 'attempts') => void;
}

/** Where a sign-in comes from. */
export interface LoginSource {
  readonly address: string | null;
  readonly cookies: SessionCookies;
}

/** Sessions for those whose user was made sure of, by whichever way. */
export type OpenSessionFor = (
  user: Pick<StoredUser, 'id' | 'username'>,
  source: LoginSource,
) => Promise<{ readonly caller: Caller; readonly expiresAt: Date }>;

/** Opens a session, with its line in the audit log, in place of the one that the browser had. */
export function createSessionOpener(
  database: Database,
  devices: Devices,
  written: () => void,
  lifeSeconds = SESSION_LIFE_SECONDS,
): OpenSessionFor {
  return async ({ id: userId }, { address, cookies }) => {
    const { secret, hash } = createBearerSecret();
    const id = randomUUID();
    const { user, expiresAt } = await database.transaction(async (tx) => {
      const present = await lockUser(tx, userId);
      if (!present?.enabled) throw wrongCredentials();
      if (cookies.session !== null) await deleteSession(tx, { tokenHash: hashSecret(cookies.session) });
      const session = { id, userId, tokenHash: hash, address, lifeSeconds };
      const end = await insertSession(tx, session, SESSION_IDLE_SECONDS);
      const changed = await changeUser(tx, userId, { lastLoginAt: new Date() });
      const actor = { kind: 'USER', id: userId, name: changed.username } as const;
      await insertAuditEntry(tx, { ...loginEntry(address), actor, target: userId, outcome: 'ALLOWED', code: null });
      return { user: changed, expiresAt: end };
    });
    written();
    cookies.open(secret, devices.mark(userId), expiresAt);
    const { username: name, role, scope } = user;
    return { caller: { kind: 'USER', id: userId, name, role, scope, address, userId, sessionId: id }, expiresAt };
  };
}

function loginEntry(address: string | null): Pick<AuditEntry, 'address' | 'action' | 'detail'> {
  return { address, action: 'login', detail: null };
}

/** The one answer to every sign-in that fails. */
export function wrongCredentials(): AppError {
  return new AppError('UNAUTHENTICATED', 'The username or the password is wrong, or the user is disabled.');
}

export function createSessions(options: SessionsOptions): Sessions {
  const { database, hasher, limits, devices, log, written, onRefused = () => undefined } = options;
  const open = createSessionOpener(database, devices, written);

  async function refuse(error: unknown, user: StoredUser | null, address: string | null): Promise<never> {
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED') {
      const reason = error.details.rule === 'tooManyAttempts' ? 'attempts' : 'credentials';
      onRefused(reason);
      written();
      log.warn({ address, reason, userId: user?.id ?? null }, 'a sign-in was refused');
      // Who keeps trying would otherwise write as much as it likes into a log that is never cut.
      if (reason === 'credentials') {
        await writeAuditEntry(database, {
          ...loginEntry(address),
          actor: null,
          target: user?.id ?? null,
          outcome: 'REFUSED',
          code: error.code,
        });
      }
    }
    throw error;
  }

  return {
    async login({ username, password }, source) {
      const { address, cookies } = source;
      const user = isUsername(username) ? await readUserByName(database, username) : null;
      try {
        const device = user === null ? null : devices.recognize(user.id, cookies.device);
        const attempt = await limits.begin({ username, address, device });
        const matches = await hasher.matches(password, user?.passwordHash ?? null);
        if (user === null || !matches || !user.enabled) throw wrongCredentials();
        const opened = await open(user, source);
        await attempt.succeeded();
        return opened;
      } catch (error) {
        return refuse(error, user, address);
      }
    },

    async logout({ sessionId }, cookies) {
      await database.transaction(async (tx) => {
        if (sessionId != null) await deleteSession(tx, { id: sessionId });
      });
      cookies?.close();
    },

    async changePassword({ userId, sessionId, kind, address = null }, { current, next }) {
      if (kind !== 'USER' || userId == null) {
        throw new AppError('CONFLICT', 'A token has no password to change: sign in with a username and a password.');
      }
      const user = await database.transaction((tx) => lockUser(tx, userId));
      const attempt = await limits.begin({ username: user?.username ?? '', address, device: `session ${sessionId}` });
      if (!(await hasher.matches(current, user?.passwordHash ?? null))) {
        throw new AppError('UNAUTHENTICATED', 'The current password is wrong: nothing was changed.', {
          details: { field: 'currentPassword', rule: 'matches' },
        });
      }
      const passwordHash = await hasher.hash(next);
      await database.transaction(async (tx) => {
        await changeUser(tx, userId, { passwordHash });
        await deleteSessionsOf(tx, userId, sessionId ?? null);
      });
      await attempt.succeeded();
    },
  };
}
