import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { authorities } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { type Database, inside } from '../../db/database.ts';
import type { CertificateSource } from '../../secrets/certificates/certificate-source.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { answered } from '../answered.ts';

interface Kept {
  readonly id: string;
  readonly certificate: string;
  readonly encryptedKey: string;
  readonly expiresAt: Date;
}

const DAY_MS = 86_400_000;
/** One that has so little left signs no more: what it signed must end before it. */
const RETIRED_BEFORE_MS = 730 * DAY_MS;
/** Whoever asks for what is trusted may ask at every connection. */
const REMEMBERED_MS = 60_000;

/**
 * The authority of an installation, kept in its records with its key encrypted. It is made when it is needed first, and
 * another one two years before it ends; both are trusted until then.
 */
export function createAuthority(database: Database, secrets: SecretBox, now = () => new Date()): CertificateSource {
  let remembered: { readonly trusted: Promise<string>; readonly until: number } | null = null;

  async function readAll(): Promise<readonly Kept[]> {
    const rows = await answered(database.orm.select().from(authorities));
    return rows
      .filter(({ expiresAt }) => expiresAt > now())
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }
  const signs = (kept: Kept | undefined): kept is Kept =>
    kept !== undefined && kept.expiresAt.getTime() - now().getTime() > RETIRED_BEFORE_MS;

  async function ensure(): Promise<readonly [Kept, ...Kept[]]> {
    const [newest, ...older] = await readAll();
    if (signs(newest)) return [newest, ...older];
    // Only whoever makes one needs what makes them.
    const { makeAuthority } = await import('../../secrets/certificates/make-certificates.ts');
    const { certificate, key, expiresAt } = await makeAuthority(now());
    const id = randomUUID();
    const made: Kept = { id, certificate, encryptedKey: secrets.encrypt(key, id), expiresAt };
    await database.transaction(async (tx) => {
      await inside(tx).execute('LOCK TABLE cms.authorities IN EXCLUSIVE MODE');
      const rows = await inside(tx).select().from(authorities);
      if (!rows.some(signs)) await inside(tx).insert(authorities).values(made);
    });
    remembered = null;
    // Another process may have been quicker.
    const [first = made, ...rest] = await readAll();
    return [first, ...rest];
  }

  return {
    async issue(names) {
      const [{ id, certificate, encryptedKey }] = await ensure();
      const { issueCertificate } = await import('../../secrets/certificates/make-certificates.ts');
      const issued = await issueCertificate({ certificate, key: secrets.decrypt(encryptedKey, id) }, names, now());
      return { ...issued, certificate: `${issued.certificate}${certificate}` };
    },
    readTrusted() {
      if (remembered !== null && remembered.until > Date.now()) return remembered.trusted;
      const trusted = ensure().then((all) => all.map(({ certificate }) => certificate).join(''));
      remembered = { trusted, until: Date.now() + REMEMBERED_MS };
      trusted.catch(() => {
        remembered = null;
      });
      return trusted;
    },
  };
}

/** Encrypts the keys of authorities anew, by `anew`; gives how many. */
export async function changeAuthorityKey(
  tx: Transaction,
  id: string,
  anew: (value: string) => string,
): Promise<number> {
  const [kept] = await inside(tx).select().from(authorities).where(eq(authorities.id, id)).for('update');
  if (kept === undefined) return 0;
  await inside(tx)
    .update(authorities)
    .set({ encryptedKey: anew(kept.encryptedKey) })
    .where(eq(authorities.id, id));
  return 1;
}
