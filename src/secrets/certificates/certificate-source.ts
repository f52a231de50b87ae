import type { CertifiedKey } from './make-certificates.ts';

/** Where servers get their certificates, and those who connect what to verify them by. */
export interface CertificateSource {
  /** A new certificate for a server of these names, with those that lead to the authority behind it. */
  issue(names: readonly [string, ...string[]]): Promise<CertifiedKey>;
  /** The certificates of every authority that servers may have theirs from, PEM, the newest first. */
  readTrusted(): Promise<string>;
}

const DAY_MS = 86_400_000;
/** A certificate of 90 days is replaced after 60. */
const RENEWED_BEFORE_MS = 30 * DAY_MS;

/** Whether it is time for another certificate. */
export function isDue(expiresAt: Date, now: Date): boolean {
  return expiresAt.getTime() - now.getTime() < RENEWED_BEFORE_MS;
}
