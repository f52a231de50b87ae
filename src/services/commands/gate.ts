import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Caller, Idempotent } from '../../../resolvers/ports/commands.ts';
import { AppError, type ErrorCode } from '../../../schema/errors.ts';
import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { claimKey, type KeptKey, keepOutcome, readKey } from '../../stores/commands/idempotency-keys.ts';
import { buildInputText } from './input-text.ts';
import { noticeOfRepeat } from './repeat-notice.ts';
import type { CommandEntry, CommandWatch } from './watch.ts';

/** What a command brought about: references, and what was changed or ignored of the input. Stored with its key. */
export interface Outcome {
  readonly instanceId?: string | null;
  readonly imageId?: string | null;
  readonly operationId?: string | null;
  readonly notices?: readonly string[];
}

/** A command that has been let in. */
export interface Admission {
  readonly tx: Transaction;
  readonly caller: Caller;
  readonly platformId: string;
  /** Null where nobody looks on. */
  readonly watch: CommandWatch | null;
}

/** Which command it is, whose, and about what. */
interface CommandHead {
  /** Name of the mutation that asks for it. */
  readonly mutation: string;
  readonly caller: Caller;
  /** All of it, as the caller gave it. */
  readonly input: Idempotent;
  /** Id of what it works on; null for what is yet to be made. */
  readonly target: string | null;
}

/** A command in two parts. */
export interface Command<P, O extends Outcome> extends CommandHead {
  /** The id of what was made, from the outcome. */
  readonly made?: (outcome: O) => string | null;
  /** Asks outside of the transaction what takes long or may fail; not asked again for a key that is known. */
  readonly prepare?: () => Promise<P>;
  /** Writes everything through the transaction. */
  readonly write: (admission: Admission, prepared: P) => Promise<O>;
  /** Throws NOT_FOUND unless the caller may see now what an earlier use of its key made. Default: see `requireMade`. */
  readonly requireMade?: (admission: Admission, outcome: O) => Promise<unknown>;
}

/** The one way in for whatever changes something. */
export interface CommandGate {
  /**
   * Runs a command in one transaction, and once for each idempotency key: later uses, also two at once, are answered with
   * the outcome of the first, whatever became of it, with a notice when its operation did not succeed. What failed keeps
   * nothing: the key is free again. Throws what the command throws, CONFLICT for a key that came with another input, and
   * NOT_FOUND for one whose outcome the caller may no longer see.
   */
  run<P, O extends Outcome>(command: Command<P, O>): Promise<O>;
}

export interface CommandGateOptions {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly platform: { readonly id: string };
  readonly log: Logger;
  /** Who may touch what, and what is written down. Default: everything may be touched, and nothing is written down. */
  readonly watch?: CommandWatch | null;
}

const PURPOSE = 'idempotency';

/** What the caller can do nothing about but ask again, or ask us. */
const FAILURES: readonly ErrorCode[] = ['UNAVAILABLE', 'INTERNAL', 'STEP_FAILED'];

/** What a command made lies within what the caller may see. */
async function requireMade({ tx, caller, watch }: Admission, outcome: Outcome): Promise<void> {
  for (const noun of ['instance', 'image', 'operation'] as const) {
    const id = outcome[`${noun}Id`];
    if (id != null) await watch?.requireInScope(tx, caller, { noun, id, field: 'idempotencyKey' });
  }
}

/** Who may see less than before would otherwise be answered with records that are not there for it. */
async function requireStillThere<O extends Outcome>(
  admission: Admission,
  command: Pick<Command<never, O>, 'requireMade'>,
  outcome: O,
): Promise<void> {
  try {
    await (command.requireMade ?? requireMade)(admission, outcome);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    throw new AppError(
      'NOT_FOUND',
      'This idempotency key was used before, and what it made is not there for you any more: use a new key to ask for ' +
        'the same anew.',
      { details: { field: 'idempotencyKey', rule: 'stillThere' } },
    );
  }
}

/** Of two actors of one name the keys are different ones. */
function ownerName({ kind, id, name }: Caller): string {
  return id === null ? name : `${kind}/${id}`;
}

export function createCommandGate({ database, secrets, platform, log, watch = null }: CommandGateOptions): CommandGate {
  function entryOf(command: CommandHead, end: Omit<CommandEntry, 'mutation' | 'actor' | 'address'>) {
    const { kind, id, name, address } = command.caller;
    return { mutation: command.mutation, actor: { kind, id, name }, address: address ?? null, ...end };
  }

  async function tellAllowed(
    tx: Transaction,
    command: CommandHead,
    made: string | null | undefined,
    repeated: boolean,
  ): Promise<void> {
    const targetId = command.target ?? made ?? null;
    await watch?.onCommand(tx, entryOf(command, { targetId, outcome: 'ALLOWED', code: null, repeated }));
  }

  /** The command wrote nothing, so that this stands alone. */
  async function tellRefused(command: CommandHead, error: unknown): Promise<void> {
    if (watch === null) return;
    const code = error instanceof AppError ? error.code : 'INTERNAL';
    const outcome = FAILURES.includes(code) ? 'FAILED' : 'REFUSED';
    const entry = entryOf(command, { targetId: command.target, outcome, code, repeated: false });
    try {
      await database.transaction((tx) => watch.onCommand(tx, entry));
    } catch (cause) {
      // The caller is to hear why the command was refused, and not this.
      const reason = cause instanceof Error ? cause.name : typeof cause;
      log.error({ mutation: command.mutation, outcome, code, reason }, 'a refused command could not be written down');
    }
  }

  async function runOnce<P, O extends Outcome>(command: Command<P, O>): Promise<O> {
    const { mutation, caller, prepare, write } = command;
    const { idempotencyKey: key, ...input } = command.input;
    const prepared = async () => (await prepare?.()) as P;

    const admit = (tx: Transaction): Admission => ({ tx, caller, platformId: platform.id, watch });

    async function writeIn(tx: Transaction, value: P): Promise<O> {
      const outcome = await write(admit(tx), value);
      await tellAllowed(tx, command, command.made?.(outcome), false);
      return outcome;
    }

    if (key == null) {
      const value = await prepared();
      return database.transaction((tx) => writeIn(tx, value));
    }
    const owner = { caller: ownerName(caller), mutation, key };
    const text = buildInputText(input);

    async function repeat(tx: Transaction, { inputDigest, outcome, operationState }: KeptKey): Promise<O> {
      if (!secrets.matchesDigest(text, PURPOSE, inputDigest)) {
        throw new AppError(
          'CONFLICT',
          'This idempotency key was used with another input: use a new key, or repeat the first input unchanged.',
          { details: { field: 'idempotencyKey', rule: 'sameInput' } },
        );
      }
      // It was stored by the same mutation.
      const first = outcome as O;
      await requireStillThere(admit(tx), command, first);
      await tellAllowed(tx, command, command.made?.(first), true);
      const notice = noticeOfRepeat(operationState);
      return notice === null ? first : { ...first, notices: [...(first.notices ?? []), notice] };
    }

    const known = await readKey(database, owner);
    if (known !== null) return database.transaction((tx) => repeat(tx, known));
    const value = await prepared();
    return database.transaction(async (tx) => {
      const kept = await claimKey(tx, owner, secrets.digest(text, PURPOSE));
      if (kept !== null) return repeat(tx, kept);
      const outcome = await writeIn(tx, value);
      await keepOutcome(tx, owner, outcome);
      return outcome;
    });
  }

  return {
    async run(command) {
      try {
        return await runOnce(command);
      } catch (error) {
        await tellRefused(command, error);
        throw error;
      }
    },
  };
}
