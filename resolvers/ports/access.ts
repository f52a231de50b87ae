import type { Actor } from '../../schema/actor.ts';
import type { Scope } from '../../schema/rules/scope-rules.ts';
import type { AuditOutcome, Role } from '../../schema/states.ts';
import type { Caller } from './commands.ts';
import type { Page, PageRequest } from './queries.ts';

/** A user as it stands in the CMS, without anything that opens something. */
export interface UserRecord {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
}

/** An API token, without the token. */
export interface ApiTokenRecord {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly prefix: string;
  readonly createdBy: Actor;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** One line of the audit log. */
export interface AuditRecord {
  readonly id: string;
  readonly createdAt: Date;
  readonly actor: Actor | null;
  readonly address: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly outcome: AuditOutcome;
  readonly code: string | null;
  readonly detail: string | null;
}

export interface AuditCriteria {
  readonly actorName?: string | null | undefined;
  readonly action?: readonly string[] | null | undefined;
  readonly outcome?: readonly AuditOutcome[] | null | undefined;
  readonly target?: string | null | undefined;
  readonly after?: Date | null | undefined;
  readonly before?: Date | null | undefined;
}

/**
 * Reads of who may do what, and of who did it, as far as the caller may: of users and tokens, those whose scope lies
 * within its own; of the audit log, what was done to what is within it. A caller who is no administrator finds only its
 * own tokens, and no users.
 */
export interface AccessQueries {
  user(caller: Caller, id: string): Promise<UserRecord | null>;
  /** In the order of the ids; null for those that are not there. */
  usersByIds(caller: Caller, ids: readonly string[]): Promise<readonly (UserRecord | null)[]>;
  users(caller: Caller, page: PageRequest): Promise<Page<UserRecord>>;
  apiToken(caller: Caller, id: string): Promise<ApiTokenRecord | null>;
  apiTokensByIds(caller: Caller, ids: readonly string[]): Promise<readonly (ApiTokenRecord | null)[]>;
  apiTokens(caller: Caller, page: PageRequest): Promise<Page<ApiTokenRecord>>;
  auditLog(caller: Caller, criteria: AuditCriteria, page: PageRequest): Promise<Page<AuditRecord>>;
}

/** What the browser of somebody who signs in keeps. */
export interface SessionCookies {
  /** The secret of the session that the request came with, if any. */
  readonly session: string | null;
  /** What tells a browser that signed in before; null for one that did not. */
  readonly device: string | null;
  open(session: string, device: string, expiresAt: Date): void;
  close(): void;
}

export interface NewUser {
  readonly username: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly password?: string | null | undefined;
}

export interface UserChange {
  readonly userId: string;
  readonly role?: Role | null | undefined;
  readonly scope?: Scope | null | undefined;
  readonly enabled?: boolean | null | undefined;
  readonly password?: string | null | undefined;
}

export interface NewApiToken {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly expiresAt?: Date | null | undefined;
}

/** Signing in and out. */
export interface Sessions {
  /**
   * Opens a session and ends the one that the browser had. UNAUTHENTICATED, in the same words and the same time, for an
   * unknown user, a wrong password and a disabled user; with the rule `tooManyAttempts` once there were too many.
   */
  login(
    credentials: { readonly username: string; readonly password: string },
    from: { readonly address: string | null; readonly cookies: SessionCookies },
  ): Promise<{ readonly caller: Caller; readonly expiresAt: Date }>;
  /** Ends the session of the caller; for one with a token there is nothing to end. */
  logout(caller: Caller, cookies: SessionCookies | null): Promise<void>;
  /** UNAUTHENTICATED for a wrong current password, CONFLICT for a caller that has none. Ends all other sessions. */
  changePassword(caller: Caller, passwords: { readonly current: string; readonly next: string }): Promise<void>;
}

/** Changes of who may do what. Each is written together with its line in the audit log. */
export interface AccessCommands {
  /** CONFLICT when the name is taken; FORBIDDEN for a scope wider than the caller's. The password only when it was generated. */
  createUser(caller: Caller, user: NewUser): Promise<{ readonly user: UserRecord; readonly password: string | null }>;
  /** NOT_FOUND; CONFLICT for what would leave no administrator. A new password, or disabling, ends the user's sessions. */
  updateUser(caller: Caller, change: UserChange): Promise<UserRecord>;
  /** Ends the user's sessions and revokes its tokens. NOT_FOUND; CONFLICT for what would leave no administrator. */
  deleteUser(caller: Caller, userId: string): Promise<void>;
  /** FORBIDDEN for more than the caller may itself. The token is shown this once. */
  createApiToken(
    caller: Caller,
    token: NewApiToken,
  ): Promise<{ readonly apiToken: ApiTokenRecord; readonly token: string }>;
  /**
   * Twice is once. NOT_FOUND for one that the caller does not see. What it made goes on, of which a notice tells, unless
   * `includeMade` is true.
   */
  revokeApiToken(
    caller: Caller,
    which: { readonly apiTokenId: string; readonly includeMade: boolean },
  ): Promise<{ readonly apiToken: ApiTokenRecord; readonly notices: readonly string[] }>;
}

/** What is written down of something that somebody asked for. */
export interface AuditEntry {
  readonly actor: Actor | null;
  readonly address: string | null;
  /** Name of the mutation, or login, logout, readCredentials. */
  readonly action: string;
  readonly target: string | null;
  readonly outcome: AuditOutcome;
  readonly code: string | null;
  readonly detail: string | null;
}

/** The log of who did what. */
export interface Audit {
  /**
   * Does the work and sees to it that one line is written down of how it ended: unless the work has written it itself,
   * together with what it changed. Throws what the work throws.
   */
  watch<T>(
    what: { readonly action: string; readonly caller: Caller; readonly target: string | null },
    work: () => Promise<T>,
  ): Promise<T>;
}
