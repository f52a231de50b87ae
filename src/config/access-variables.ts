import * as z from 'zod';
import { ROLES, type Role } from '../../schema/states.ts';
import { count, optional, text } from './forms.ts';
import { isAddressRange, isWebRoot } from './networks.ts';

/** Who may ask, and where people come in. */
export interface AccessConfig {
  readonly adminUsername: string;
  /** Of the first administrator, where there is none yet; null: one is made. */
  readonly adminPassword: string | null;
  readonly apiToken: string | null;
  /** Where people reach the server, without a slash at the end; null: where it listens. */
  readonly publicUrl: string | null;
  /** Whose word is taken for where a request came from. */
  readonly trustedProxies: readonly string[];
  /** Sign-in by OIDC; null: only by password. */
  readonly oidc: OidcConfig | null;
}

/** The provider that people sign in with, and what its groups mean here. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client, which PKCE alone protects. */
  readonly clientSecret: string | null;
  /** By group; the highest counts. Who is in none may not sign in. */
  readonly roles: ReadonlyMap<string, Role>;
  /** How long a session lasts at most: so long it knows nothing of groups that somebody was taken out of. */
  readonly sessionHours: number;
}

const VISIBLE = /^(?=\S)[^\p{C}\p{Zl}\p{Zp}]{1,63}(?<=\S)$/u;

function isIssuer(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, search, hash } = new URL(value);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isLoopback)) && search === '' && hash === '';
}

function readRoles(value: string): ReadonlyMap<string, Role> | null {
  const roles = new Map<string, Role>();
  for (const pair of value.split(',')) {
    const at = pair.lastIndexOf('=');
    const group = pair.slice(0, at).trim();
    const role = ROLES.find((known) => known === pair.slice(at + 1).trim());
    if (at < 1 || group === '' || role === undefined || roles.has(group)) return null;
    roles.set(group, role);
  }
  return roles;
}

/** The variables of the environment; checked one by one. */
export const ACCESS_VARIABLES = {
  TOYGRES_ADMIN_USERNAME: optional(
    z
      .string()
      .regex(VISIBLE, 'must have 1 to 63 characters that can be seen, and no space at its ends')
      .default('admin'),
  ),
  TOYGRES_ADMIN_PASSWORD: text.refine(
    (value) => value === null || (value.length >= 12 && value.length <= 128 && !/\p{Cc}/u.test(value)),
    { message: 'must have 12 to 128 characters and no control characters' },
  ),
  // What stands in no header could never be sent, and what is short can be guessed.
  TOYGRES_API_TOKEN: text
    .refine((value) => value === null || /^[\x21-\x7e]+$/.test(value), {
      message: 'must be printable ASCII characters without spaces',
      abort: true,
    })
    .refine((value) => value === null || value.length >= 32, {
      message: 'must have at least 32 characters (openssl rand -hex 32)',
    }),
  TOYGRES_PUBLIC_URL: text
    .transform((value) => value?.replace(/\/$/, '') ?? null)
    .refine((value) => value === null || isWebRoot(value), {
      message: 'must be like https://toygres.example.com, or with a path, https://example.com/toygres',
    }),
  TOYGRES_TRUSTED_PROXIES: text
    .transform((value) => value?.split(',').map((item) => item.trim()) ?? [])
    .refine((ranges) => ranges.every(isAddressRange), {
      message: 'must be ranges like 10.0.0.0/8, separated by commas',
    }),
  TOYGRES_OIDC_ISSUER: text.refine((value) => value === null || isIssuer(value), {
    message: 'must be the https:// URL of an issuer (http:// only on loopback)',
  }),
  TOYGRES_OIDC_CLIENT_ID: text,
  TOYGRES_OIDC_CLIENT_SECRET: text,
  TOYGRES_OIDC_ROLES: text.transform((value, context) => {
    if (value === null) return null;
    const roles = readRoles(value);
    if (roles !== null) return roles;
    context.addIssue({ code: 'custom', message: 'must be like platform-admins=ADMIN,dba=OPERATOR' });
    return z.NEVER;
  }),
  TOYGRES_OIDC_SESSION_HOURS: count(12, 168),
} as const;

type Variables = z.infer<z.ZodObject<typeof ACCESS_VARIABLES>>;

/** What of OIDC is missing; null when it is whole, or not wanted at all. */
export function findMissingOidc(env: Variables): keyof Variables | null {
  const { TOYGRES_OIDC_ISSUER: issuer, TOYGRES_OIDC_CLIENT_ID: clientId, TOYGRES_OIDC_ROLES: roles } = env;
  if (issuer === null && clientId === null && roles === null && env.TOYGRES_OIDC_CLIENT_SECRET === null) return null;
  if (issuer === null) return 'TOYGRES_OIDC_ISSUER';
  if (clientId === null) return 'TOYGRES_OIDC_CLIENT_ID';
  return roles === null ? 'TOYGRES_OIDC_ROLES' : null;
}

/** The variables as the server uses them. */
export function readAccessConfig(env: Variables): AccessConfig {
  const { TOYGRES_OIDC_ISSUER: issuer, TOYGRES_OIDC_CLIENT_ID: clientId, TOYGRES_OIDC_ROLES: roles } = env;
  const isWhole = issuer !== null && clientId !== null && roles !== null;
  return {
    adminUsername: env.TOYGRES_ADMIN_USERNAME,
    adminPassword: env.TOYGRES_ADMIN_PASSWORD,
    apiToken: env.TOYGRES_API_TOKEN,
    publicUrl: env.TOYGRES_PUBLIC_URL,
    trustedProxies: env.TOYGRES_TRUSTED_PROXIES,
    oidc: isWhole
      ? {
          issuer,
          clientId,
          clientSecret: env.TOYGRES_OIDC_CLIENT_SECRET,
          roles,
          sessionHours: env.TOYGRES_OIDC_SESSION_HOURS,
        }
      : null,
  };
}
