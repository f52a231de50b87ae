import type * as z from 'zod';
import type { FailureRecord } from '../ports/records.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { RunContext, UndoContext, WorkflowServices } from './context.ts';

export interface DeclaredStep {
  readonly name: string;
  /** Its share of the operation's percent, relative to the other steps. */
  readonly weight: number;
}

/** How a run that will not succeed is brought to its end. Methods, so that a list can hold plans for different inputs. */
export interface FailurePlan<I> {
  /** Takes back what the run made. Durable and idempotent. Left out where nothing may be taken back. */
  undo?(context: UndoContext, input: I): Promise<void>;
  /** Writes what became of the records, in the transaction that ends the operation. */
  settle(tx: Transaction, services: WorkflowServices, input: I, failure: FailureRecord): Promise<void>;
  /** Reserves again what `settle` gave free, in the transaction of retryOperation. Throws CONFLICT when it is taken. */
  reopen?(tx: Transaction, services: WorkflowServices, input: I): Promise<void>;
}

/** A workflow as the engine sees it. Its input is a set of references, stored with the operation. */
export interface Workflow<I = unknown> {
  readonly name: string;
  readonly version: string;
  readonly steps: readonly DeclaredStep[];
  /** Throws for stored input that this version cannot read. */
  parseInput(input: unknown): I;
  run(context: RunContext<string>, input: I): Promise<void>;
  readonly onFailure: FailurePlan<I>;
}

/**
 * Begins the definition of a workflow: steps with their weights in order, what to do on failure, then the story.
 * The compiler refuses a step in the story that was not declared.
 */
export function defineWorkflow<I>(name: string, version: string, input: z.ZodType<I>) {
  return {
    steps<const S extends Readonly<Record<string, number>>>(declared: S) {
      type Name = keyof S & string;
      const steps = Object.entries(declared).map(([stepName, weight]) => ({ name: stepName, weight }));
      return {
        onFailure(plan: FailurePlan<I>) {
          return {
            run(story: (context: RunContext<Name>, input: I) => Promise<void>): Workflow<I> {
              return {
                name,
                version,
                steps,
                onFailure: plan,
                parseInput: (value) => input.parse(value),
                run: (context, value) => story(context as unknown as RunContext<Name>, value),
              };
            },
          };
        },
      };
    },
  };
}
