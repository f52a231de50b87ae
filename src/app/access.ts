import type { Authenticator } from '../api/authenticator.ts';
import type { SignIn } from '../api/http/serve-sign-in.ts';
import { createDevices } from '../auth/devices.ts';
import { ensureFirstAdministrator } from '../auth/first-administrator.ts';
import { createIdentities } from '../auth/identities.ts';
import { createLoginLimits } from '../auth/login-limits.ts';
import { createOidcSignIn } from '../auth/oidc.ts';
import { createSessionOpener, createSessions } from '../auth/sessions.ts';
import { createWatchedIdentities } from '../auth/watched-identities.ts';
import type { Config } from '../config/env.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { createPasswordHasher } from '../secrets/password-hash.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { type AuditTrail, createAuditTrail } from '../services/access/audit-trail.ts';
import { createTokenCommands } from '../services/access/token-commands.ts';
import { createUserCommands } from '../services/access/user-commands.ts';
import type { CommandGate } from '../services/commands/gate.ts';
import { createAccessQueries } from '../stores/access/queries.ts';
import type { Core } from './core.ts';
import type { Stops } from './stops.ts';

/** Who may ask, and what is written down of it. */
export interface Access {
  readonly auth: Authenticator;
  readonly trail: AuditTrail;
  /** Signing in with the configured provider; null: there is none. */
  readonly signIn: SignIn | null;
  /** Makes the first administrator where there is none; answers with the password that was made, to be shown once. */
  ensureFirstAdministrator(): Promise<string | null>;
  /** What the resolvers work through. */
  services(gate: CommandGate): ReturnType<typeof buildServices>;
}

type Parts = Parameters<typeof createSessions>[0];

function buildServices(parts: Parts, trail: AuditTrail, gate: CommandGate) {
  const accessQueries = createAccessQueries(parts.database);
  return {
    sessions: createSessions(parts),
    accessQueries,
    accessCommands: {
      ...createUserCommands({ gate, hasher: parts.hasher }),
      ...createTokenCommands(gate, accessQueries),
    },
    audit: trail.audit,
  };
}

function createSignIn(
  { oidc, publicUrl, host, port, proxies }: Config,
  parts: Parts & { secrets: SecretBox },
): SignIn | null {
  if (oidc === null) return null;
  const open = createSessionOpener(parts.database, parts.devices, parts.written, oidc.sessionHours * 3600);
  return createOidcSignIn({ ...parts, ...oidc, open, proxies, publicUrl: publicUrl ?? `http://${host}:${port}` });
}

/** Opens what tells callers apart. */
export async function openAccess(
  config: Config,
  { database, listener, secrets }: Core,
  token: string,
  metrics: Metrics,
  log: Logger,
  stops: Stops,
): Promise<Access> {
  const hasher = createPasswordHasher();
  const identities = createIdentities({ database, token, username: config.adminUsername });
  const watched = createWatchedIdentities(identities, listener, log);
  stops.defer('the watch over identities', () => watched.stop(), { endsWithUs: true });
  const trail = createAuditTrail(database, log);
  const parts = {
    database,
    secrets,
    hasher,
    limits: createLoginLimits(database),
    devices: createDevices(secrets),
    log,
    written: trail.written,
    onRefused: (reason: 'credentials' | 'attempts') => metrics.api.loginRefused(reason),
  };
  return {
    auth: {
      authenticate: (authorization, source = { session: null, address: null }) =>
        identities.identify(authorization, source),
      watch: watched.watch,
    },
    trail,
    signIn: createSignIn(config, parts),
    ensureFirstAdministrator: () =>
      ensureFirstAdministrator(database, hasher, { username: config.adminUsername, password: config.adminPassword }),
    services: (gate) => buildServices(parts, trail, gate),
  };
}
