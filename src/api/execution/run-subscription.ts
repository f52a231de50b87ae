import { createSourceEventStream, type GraphQLSchema } from 'graphql';
import type { ApiContext } from '../../../resolvers/context.ts';
import type { Loaders } from '../../../resolvers/loaders.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { readResumeId } from '../../../resolvers/resume.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import type { SubscriptionSlots } from '../limits/subscription-slots.ts';
import { buildAnswerKey } from './answer-key.ts';
import type { Executor } from './executor.ts';
import { isFixed } from './is-fixed.ts';
import type { PreparedOperation } from './prepare-operation.ts';
import { createSharedAnswers } from './shared-answers.ts';

/** An event as one follower gets it. */
export interface Delivery {
  /** The result as JSON in UTF-8, its errors as clients may see them: the same bytes to all who are answered alike. */
  readonly json: Buffer;
  /** With what to go on after it, or null where there is nothing to go on with. */
  readonly id: string | null;
}

/** The events of one follower. Leaving (`return`) leaves their source, also while a `next` waits. */
export interface Deliveries {
  /** Rejects when the subscription cannot begin, or its source breaks. */
  next(): Promise<Delivery | null>;
  leave(): Promise<void>;
}

export interface RunnerParts {
  readonly schema: GraphQLSchema;
  readonly execute: Executor;
  readonly createContext: (caller: Caller) => ApiContext;
  readonly formatError: ErrorFormatter;
  readonly slots: SubscriptionSlots;
}

/** How long what was answered or read for one follower of an event is good for the others. */
const SHARED_FOR_MS = 1000;
/** Of answers that are kept for those who have not come to them yet. */
const SHARED_BYTES = 8 << 20;

interface Shared<T> {
  readonly value: T;
  readonly until: number;
}

/**
 * Runs subscriptions. What followers of the same thing get is the same object to all of them, and is answered once for all
 * that ask for the same with equal rights. What others ask for beneath it is read once for all with the same scope. Each
 * event is read anew: none sees what was read for an earlier one.
 */
export function createSubscriptionRunner({ schema, execute, createContext, formatError, slots }: RunnerParts): {
  open(prepared: PreparedOperation, caller: Caller): Deliveries;
} {
  const answers = createSharedAnswers(SHARED_FOR_MS, SHARED_BYTES);
  const read = new WeakMap<object, Map<object, Shared<Loaders>>>();
  const numbers = new WeakMap<object, number>();
  let counted = 0;

  /** Services are made once for each scope: equal ones mean equal rights to see. */
  function numberOf(services: object): number {
    const known = numbers.get(services);
    if (known !== undefined) return known;
    counted += 1;
    numbers.set(services, counted);
    return counted;
  }

  function contextOf(payload: object, base: ApiContext): ApiContext {
    const loaders = share(read, payload, base.services, () => base.loaders);
    return { ...base, loaders };
  }

  async function run(prepared: PreparedOperation, payload: object, context: ApiContext): Promise<Buffer> {
    const { document, operationName, variables: variableValues } = prepared;
    const asked = { document, operationName, variableValues, rootValue: payload, contextValue: context };
    const { data, errors } = await execute(asked);
    const answer = { data, ...(errors === undefined ? {} : { errors: errors.map(formatError) }) };
    return Buffer.from(JSON.stringify(answer));
  }

  async function openSource(prepared: PreparedOperation, context: ApiContext): Promise<AsyncIterator<object>> {
    const { document, operationName, variables: variableValues } = prepared;
    const source = await createSourceEventStream({
      schema,
      document,
      operationName,
      variableValues,
      contextValue: context,
    });
    if (Symbol.asyncIterator in source) return (source as AsyncIterable<object>)[Symbol.asyncIterator]();
    throw source.errors?.[0] ?? new Error('a subscription had no stream');
  }

  return {
    open(prepared, caller) {
      const rights = `${numberOf(createContext(caller).services)} ${caller.role}`;
      const key = `${rights} ${buildAnswerKey(prepared)}`;
      const isSameLater = isFixed(schema, prepared.operation);
      let source: Promise<AsyncIterator<object>> | null = null;
      let release: () => void = () => undefined;
      let left = false;

      async function end(): Promise<void> {
        left = true;
        release();
        const opened = await source?.catch(() => null);
        await opened?.return?.();
      }

      return {
        async next() {
          if (left) return null;
          try {
            if (source === null) {
              release = slots.take(caller);
              source = openSource(prepared, createContext(caller));
            }
            const payload = await (await source).next();
            if (payload.done || left) {
              release();
              return null;
            }
            const { value } = payload;
            const answer = answers.share(value, key, isSameLater, () =>
              run(prepared, value, contextOf(value, createContext(caller))),
            );
            return { json: await answer, id: readResumeId(prepared.operation, value) };
          } catch (error) {
            await end();
            throw error;
          }
        },
        leave: end,
      };
    },
  };
}

/** What was made for this object and key within the last moment, or is made now. */
function share<K, T>(kept: WeakMap<object, Map<K, Shared<T>>>, of: object, key: K, make: () => T): T {
  const byKey = kept.get(of) ?? new Map<K, Shared<T>>();
  const known = byKey.get(key);
  const now = performance.now();
  if (known !== undefined && now < known.until) return known.value;
  const value = make();
  byKey.set(key, { value, until: now + SHARED_FOR_MS });
  kept.set(of, byKey);
  return value;
}
