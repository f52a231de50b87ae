import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Accepted, Caller, Idempotent } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Database } from '../../db/database.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { claimKey, type KeptKey, keepOutcome, readKey } from '../../stores/commands/idempotency-keys.ts';
import { buildInputText } from './input-text.ts';

/** A command in two parts. */
export interface Work<P> {
  /** Asks outside of the transaction what takes long or may fail; not asked again for a key that is known. */
  readonly prepare: () => Promise<P>;
  /** Writes everything through the transaction. */
  readonly write: (tx: Transaction, prepared: P) => Promise<Accepted>;
}

/** Runs the work of a mutation in one transaction, and once for each idempotency key. */
export type OncePerKey = <P>(mutation: string, caller: Caller, input: Idempotent, work: Work<P>) => Promise<Accepted>;

const PURPOSE = 'idempotency';

/**
 * The first use of a key does the work; later ones, also two at once, are answered with its outcome, whatever became of
 * it. Work that failed keeps nothing: the key is free again. Throws CONFLICT when the key came with another input.
 */
export function createOncePerKey(database: Database, secrets: SecretBox): OncePerKey {
  return async (mutation, caller, { idempotencyKey: key, ...input }, { prepare, write }) => {
    if (key == null) {
      const prepared = await prepare();
      return database.transaction((tx) => write(tx, prepared));
    }
    const owner = { caller: caller.name, mutation, key };
    const text = buildInputText(input);

    function outcomeOf({ inputDigest, outcome }: KeptKey): Accepted {
      if (secrets.matchesDigest(text, PURPOSE, inputDigest)) return outcome;
      throw new AppError(
        'CONFLICT',
        'This idempotency key was used with another input: use a new key, or repeat the first input unchanged.',
        { details: { field: 'idempotencyKey', rule: 'sameInput' } },
      );
    }

    const known = await readKey(database, owner);
    if (known !== null) return outcomeOf(known);
    const prepared = await prepare();
    return database.transaction(async (tx) => {
      const kept = await claimKey(tx, owner, secrets.digest(text, PURPOSE));
      if (kept !== null) return outcomeOf(kept);
      const outcome = await write(tx, prepared);
      await keepOutcome(tx, owner, { ...outcome, notices: [...outcome.notices] });
      return outcome;
    });
  };
}
