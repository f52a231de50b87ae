import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';

type Events = AsyncIterableIterator<ExecutionResult>;

/**
 * Runs a subscription with a new context for each event: with graphql's own `subscribe` all events of a subscription share
 * one, and its loaders would answer later events with what they read for the first.
 *
 * A subscription that cannot begin gives a stream that fails at once, so that clients hear of it in the same way as of one
 * that fails later. Leaving the events leaves their source.
 */
export async function subscribeAfresh(args: ExecutionArgs, createContext: () => unknown): Promise<Events> {
  const source = await createSourceEventStream({ ...args, contextValue: createContext() });
  if (!(Symbol.asyncIterator in source))
    return failing(source.errors?.[0] ?? new Error('a subscription had no stream'));
  const payloads = source[Symbol.asyncIterator]();
  const leave = async (): Promise<IteratorResult<ExecutionResult>> => {
    await payloads.return?.();
    return { done: true, value: undefined };
  };
  const events: Events = {
    async next() {
      const payload = await payloads.next();
      if (payload.done) return { done: true, value: undefined };
      try {
        const value = await execute({ ...args, rootValue: payload.value, contextValue: createContext() });
        return { done: false, value };
      } catch (error) {
        await leave();
        throw error;
      }
    },
    return: leave,
    [Symbol.asyncIterator]: () => events,
  };
  return events;
}

/** The events that `open` gives, while a slot is held for them; without one, a stream that fails at once. */
export async function withinSlot(take: () => () => void, open: () => Promise<Events>): Promise<Events> {
  let release: () => void;
  try {
    release = take();
  } catch (error) {
    return failing(error instanceof Error ? error : new Error('a slot was refused without an error'));
  }
  try {
    const source = await open();
    const events: Events = {
      async next() {
        try {
          const result = await source.next();
          if (result.done) release();
          return result;
        } catch (error) {
          release();
          throw error;
        }
      },
      async return() {
        release();
        return (await source.return?.()) ?? { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => events,
    };
    return events;
  } catch (error) {
    release();
    throw error;
  }
}

function failing(error: Error): Events {
  let failed = false;
  return {
    async next() {
      if (failed) return { done: true, value: undefined };
      failed = true;
      throw error;
    },
    async return() {
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
