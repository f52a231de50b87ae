import { randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { generatePassword } from '../secrets/generate-password.ts';
import type { PasswordHasher } from '../secrets/password-hash.ts';
import { insertAuditEntry } from '../stores/access/audit.ts';
import { hasUsers, insertUser, lockUsers } from '../stores/access/users.ts';

export interface FirstAdministratorOptions {
  readonly username: string;
  /** Null: one is made. */
  readonly password: string | null;
}

/**
 * Makes the first user where there is none yet, however many processes start at a time. Answers with the password when it
 * was made here, for it to be shown this once; else null. Later starts change nothing, whatever the configuration says.
 */
export async function ensureFirstAdministrator(
  database: Database,
  hasher: PasswordHasher,
  { username, password }: FirstAdministratorOptions,
): Promise<string | null> {
  if (await database.transaction(hasUsers)) return null;
  const generated = password === null ? generatePassword() : null;
  const passwordHash = await hasher.hash(password ?? generated ?? '');
  return database.transaction(async (tx) => {
    await lockUsers(tx);
    if (await hasUsers(tx)) return null;
    const { id } = await insertUser(tx, { id: randomUUID(), username, passwordHash, role: 'ADMIN', scope: {} });
    await insertAuditEntry(tx, {
      actor: { kind: 'SYSTEM', id: null, name: 'toygres' },
      address: null,
      action: 'createUser',
      target: id,
      outcome: 'ALLOWED',
      code: null,
      detail: 'the first administrator',
    });
    return generated;
  });
}
