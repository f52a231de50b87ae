import { randomUUID } from 'node:crypto';
import type { Configuration, CustomFetch, IDToken } from 'openid-client';
import type { Dispatcher } from 'undici';
import * as z from 'zod';
import { AppError } from '../../schema/errors.ts';
import { checkUsername, USERNAME_MAX } from '../../schema/rules/access-rules.ts';
import { ROLES, type Role } from '../../schema/states.ts';
import type { OidcConfig } from '../config/access-variables.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';
import type { Proxies } from '../machine/proxies.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { revokeTokensOf } from '../stores/access/api-tokens.ts';
import { writeAuditEntry } from '../stores/access/audit.ts';
import { deleteSessionsOf } from '../stores/access/sessions.ts';
import { changeUser, insertUser, lockUserBySubject, lockUsers, type StoredUser } from '../stores/access/users.ts';
import type { LoginLimits } from './login-limits.ts';
import type { LoginSource, OpenSessionFor } from './sessions.ts';

/** Where the provider sends people back to, below the public URL. */
export const OIDC_CALLBACK = '/auth/oidc/callback';
const PURPOSE = 'oidc sign-in';
const SECONDS = 600;

/** Signing in with a provider: authorization code flow with PKCE (RFC 7636). */
export interface OidcSignIn {
  /** Where to send the browser, and what it has to keep until it comes back. UNAVAILABLE when the provider does not answer. */
  begin(): Promise<{ readonly url: string; readonly kept: string; readonly seconds: number }>;
  /**
   * Opens a session for who came back, made known here at the first time. `query` is that of the callback. UNAUTHENTICATED
   * for anything that the provider did not say to this browser just now; FORBIDDEN for who is in no group with a role, whose
   * other sessions and tokens end with that.
   */
  finish(query: string, kept: string | null, source: LoginSource): Promise<void>;
}

export interface OidcOptions extends OidcConfig {
  /** Where people reach this server. */
  readonly publicUrl: string;
  /** By which the provider is reached. */
  readonly proxies: Proxies;
  readonly database: Database;
  readonly secrets: Pick<SecretBox, 'encrypt' | 'decrypt'>;
  readonly open: OpenSessionFor;
  readonly limits: Pick<LoginLimits, 'countReturn'>;
  readonly log: Logger;
}

const Kept = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), until: z.number() });
const Claims = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  preferred_username: z.string().optional().catch(undefined),
  email: z.string().optional().catch(undefined),
  groups: z.array(z.string()).catch([]),
});

const refused = (message: string, cause?: unknown) => new AppError('UNAUTHENTICATED', message, { cause });

/** The highest role that the groups give. */
function roleOf(groups: readonly string[], roles: ReadonlyMap<string, Role>): Role | null {
  const held = groups.flatMap((group) => roles.get(group) ?? []);
  return ROLES.findLast((role) => held.includes(role)) ?? null;
}

function nameOf({ preferred_username: name, email, sub }: z.infer<typeof Claims>): string {
  const username = (name ?? email ?? sub).normalize('NFC').trim().slice(0, USERNAME_MAX);
  checkUsername('username', username);
  return username;
}

/** What asks by a proxy; null where none stands before the provider. */
async function fetchBy(proxies: Proxies, issuer: string): Promise<CustomFetch | null> {
  if (proxies.find(issuer) === null) return null;
  // A CommonJS package: of a part that is bundled by itself there is nothing but the whole.
  const { default: undici } = await import('undici');
  const dispatchers = new Map<string, Dispatcher>();
  const dispatcherFor = (url: string): Dispatcher => {
    const proxy = proxies.find(url)?.href ?? '';
    const dispatcher = dispatchers.get(proxy) ?? (proxy === '' ? new undici.Agent() : new undici.ProxyAgent(proxy));
    dispatchers.set(proxy, dispatcher);
    return dispatcher;
  };
  const byProxy = (url: string, init?: object) => undici.fetch(url, { ...init, dispatcher: dispatcherFor(url) });
  return byProxy as unknown as CustomFetch;
}

export function createOidcSignIn(options: OidcOptions): OidcSignIn {
  const { issuer, clientId, clientSecret, roles, publicUrl, proxies, database, secrets, open, limits, log } = options;
  const redirect = `${publicUrl}${OIDC_CALLBACK}`;
  let discovered: Promise<Configuration> | null = null;

  /** Only those who sign in so need what this loads. */
  function discover(): Promise<Configuration> {
    discovered ??= import('openid-client')
      .then(async ({ discovery, allowInsecureRequests, customFetch }) =>
        discovery(new URL(issuer), clientId, clientSecret ?? undefined, undefined, {
          // The configuration lets that through on loopback alone.
          ...(issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {}),
          ...(await fetchBy(proxies, issuer).then((found) => (found === null ? {} : { [customFetch]: found }))),
        }),
      )
      .catch((cause: unknown) => {
        discovered = null;
        throw new AppError('UNAVAILABLE', 'The sign-in provider does not answer: try again in a moment.', { cause });
      });
    return discovered;
  }

  function readKept(kept: string | null): z.infer<typeof Kept> {
    try {
      const found = Kept.parse(JSON.parse(secrets.decrypt(kept ?? '', PURPOSE)));
      if (found.until > Date.now()) return found;
    } catch {
      // What is no cookie of ours says nothing.
    }
    throw refused('This sign-in was begun in another browser, or too long ago: begin it again.');
  }

  async function readClaims(query: string, kept: string | null): Promise<z.infer<typeof Claims>> {
    const { state, nonce, verifier } = readKept(kept);
    const [{ authorizationCodeGrant }, configuration] = await Promise.all([import('openid-client'), discover()]);
    let claims: IDToken | undefined;
    try {
      const tokens = await authorizationCodeGrant(configuration, new URL(`${redirect}?${query}`), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      claims = tokens.claims();
    } catch (cause) {
      throw refused('The sign-in provider did not vouch for you: begin the sign-in again.', cause);
    }
    return Claims.parse(claims);
  }

  /** The user whom the claims are of, with the role that the groups give now. */
  function keepUser(claims: z.infer<typeof Claims>, role: Role): Promise<Pick<StoredUser, 'id' | 'username'>> {
    const { iss, sub } = claims;
    return database.transaction(async (tx) => {
      await lockUsers(tx);
      const known = await lockUserBySubject(tx, iss, sub);
      if (known === null) {
        const user = { id: randomUUID(), username: nameOf(claims), role, scope: {}, issuer: iss, subject: sub };
        return insertUser(tx, user);
      }
      return known.role === role ? known : changeUser(tx, known.id, { role });
    });
  }

  /** Ends what somebody has open who is in no group any more. */
  function endAllOf({ iss, sub }: z.infer<typeof Claims>): Promise<void> {
    return database.transaction(async (tx) => {
      const known = await lockUserBySubject(tx, iss, sub);
      if (known === null) return;
      await deleteSessionsOf(tx, known.id);
      await revokeTokensOf(tx, known.id);
    });
  }

  async function signIn(query: string, kept: string | null, source: LoginSource): Promise<void> {
    const claims = await readClaims(query, kept);
    const role = roleOf(claims.groups, roles);
    if (role === null) {
      await endAllOf(claims);
      throw new AppError('FORBIDDEN', 'None of your groups may use this server: ask an administrator of the provider.');
    }
    await open(await keepUser(claims, role), source);
  }

  return {
    async begin() {
      const [client, configuration] = await Promise.all([import('openid-client'), discover()]);
      const kept = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirect,
        scope: 'openid profile email groups',
        code_challenge: await client.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
        state: kept.state,
        nonce: kept.nonce,
      });
      const sealed = secrets.encrypt(JSON.stringify({ ...kept, until: Date.now() + SECONDS * 1000 }), PURPOSE);
      return { url: url.href, kept: sealed, seconds: SECONDS };
    },

    async finish(query, kept, source) {
      try {
        await signIn(query, kept, source);
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'UNAVAILABLE') throw error;
        const { code } = error;
        log.warn({ address: source.address, code }, 'a sign-in by OIDC was refused');
        // As of passwords: whoever comes again and again would write as much as it likes into a log that is never cut.
        if (!(await limits.countReturn(source.address))) throw error;
        const entry = { actor: null, target: null, detail: 'by OIDC', outcome: 'REFUSED' as const, code };
        await writeAuditEntry(database, { ...entry, action: 'login', address: source.address });
        throw error;
      }
    },
  };
}
