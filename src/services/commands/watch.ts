import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Noun } from '../../../resolvers/ids.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import type { Actor } from '../../../schema/actor.ts';
import type { ErrorCode } from '../../../schema/errors.ts';

/** How a command ended. */
export interface CommandEntry {
  /** Name of the mutation. */
  readonly mutation: string;
  readonly actor: Actor;
  /** Where the request came from, if that is known. */
  readonly address: string | null;
  /** Id of what was worked on or made; null for what is about neither, and for what was never made. */
  readonly targetId: string | null;
  /** REFUSED: the caller asked for what cannot be. FAILED: something did not answer, or a fault of ours. */
  readonly outcome: 'ALLOWED' | 'REFUSED' | 'FAILED';
  /** Why not; null for what was allowed. */
  readonly code: ErrorCode | null;
  /** True when an idempotency key was answered with what it stood for already. */
  readonly repeated: boolean;
}

/** A record that a command is about to work on, its row locked. */
export interface CommandTarget {
  readonly noun: Extract<Noun, 'instance' | 'image' | 'operation'>;
  readonly id: string;
  /** The field of the input that named it. */
  readonly field: string;
}

/** What looks on at every command: who may touch what, and what is written down about it. */
export interface CommandWatch {
  /** Throws NOT_FOUND when it lies outside of what the caller may see. */
  requireInScope(tx: Transaction, caller: Caller, target: CommandTarget): Promise<void>;
  /**
   * Told of every command at its end: in its own transaction when it was allowed, so that both are there or neither, else
   * in another one.
   */
  onCommand(tx: Transaction, entry: CommandEntry): Promise<void>;
}
