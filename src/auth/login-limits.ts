import { isIPv6 } from 'node:net';
import { AppError } from '../../schema/errors.ts';
import type { Database } from '../db/database.ts';
import { hashSecret } from '../secrets/bearer-secret.ts';
import { countAttempt, forgetAttempts } from '../stores/access/login-attempts.ts';

/** How many attempts to sign in are let through within how long. Successful ones count as well until they are forgotten. */
export const LOGIN_LIMITS = {
  /** From one address, whatever the account. */
  address: { attempts: 50, windowSeconds: 900 },
  /** On one account from one address. */
  account: { attempts: 10, windowSeconds: 900 },
  /** On one account from all addresses in which its user has not signed in before. */
  strangers: { attempts: 200, windowSeconds: 3600 },
  /** In one browser in which the user has signed in before. */
  device: { attempts: 10, windowSeconds: 900 },
  /** Refusals that are written down of those who come back from a provider to one address. */
  returns: { attempts: 50, windowSeconds: 900 },
} as const;

/** An attempt that was let through. */
export interface CountedAttempt {
  /** To be called when it was successful. */
  succeeded(): Promise<void>;
}

export interface Attempt {
  readonly username: string;
  readonly address: string | null;
  /** The browser that the user was recognized in; null: none. */
  readonly device: string | null;
}

/** Keeps guessing slow: by account and address for strangers, by browser for those who have signed in there before. */
export interface LoginLimits {
  /** Counts the attempt. UNAUTHENTICATED with the rule `tooManyAttempts` when there were too many. */
  begin(attempt: Attempt): Promise<CountedAttempt>;
  /** Counts one who came back from a provider and was refused. False when there were so many that it is not written down. */
  countReturn(address: string | null): Promise<boolean>;
}

/** Of IPv6 the network that one customer has: addresses within it cost nothing. */
function networkOf(address: string | null): string {
  if (address === null) return 'unknown';
  if (!isIPv6(address)) return address;
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail.split(':').filter(Boolean);
  const groups = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0'), ...last];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

export function createLoginLimits(database: Database): LoginLimits {
  async function look(kind: keyof typeof LOGIN_LIMITS, what: string) {
    const { attempts, windowSeconds } = LOGIN_LIMITS[kind];
    const key = `${kind} ${hashSecret(what)}`;
    return { key, isWithin: (await countAttempt(database, { key, windowSeconds })) <= attempts };
  }

  async function count(kind: keyof typeof LOGIN_LIMITS, what: string): Promise<string> {
    const { windowSeconds } = LOGIN_LIMITS[kind];
    const { key, isWithin } = await look(kind, what);
    if (isWithin) return key;
    throw new AppError(
      'UNAUTHENTICATED',
      `There were too many attempts to sign in: wait up to ${Math.ceil(windowSeconds / 60)} minutes and try again.`,
      { details: { rule: 'tooManyAttempts' } },
    );
  }

  return {
    async begin({ username, address, device }) {
      const account = username.toLowerCase();
      const keys: string[] = [];
      if (device !== null) keys.push(await count('device', `${account} ${device}`));
      else {
        const network = networkOf(address);
        // The narrower first: what is refused here does not count against others.
        await count('address', network);
        keys.push(await count('account', `${network} ${account}`));
        await count('strangers', account);
      }
      return { succeeded: () => forgetAttempts(database, keys) };
    },
    countReturn: async (address) => (await look('returns', networkOf(address))).isWithin,
  };
}
