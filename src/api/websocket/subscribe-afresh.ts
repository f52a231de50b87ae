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
