import { randomBytes } from 'node:crypto';
import type { Config } from '../config/env.ts';
import { parseSecretKey } from '../secrets/secret-key.ts';
import { wrapKey } from '../storage/key-vault.ts';

/**
 * What TOYGRES_ENCRYPTION_KEY is to hold for this key, in base64, or for a new one where none is given, once that key of
 * a vault has wrapped it. Throws INVALID_INPUT for what is no key, UNAVAILABLE where the vault does not do it.
 */
export async function wrapGivenKey(config: Config, keyUrl: string, given: string): Promise<string> {
  const key = given === '' ? randomBytes(32).toString('base64') : given;
  parseSecretKey(key);
  return wrapKey(keyUrl, key, config);
}
