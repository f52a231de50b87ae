import type { ExecutionResult } from 'graphql';
import type { Deliveries } from '../execution/run-subscription.ts';

const TAIL = Buffer.from('}');

/** One operation of a connection. */
export interface Target {
  readonly id: string;
  /** Resolves when the text that is made of these pieces in UTF-8 has left for the network. */
  sendPieces(...pieces: readonly Buffer[]): Promise<void>;
}

/**
 * Sends what a subscription gives, as `next` messages of graphql-transport-ws, and asks for more only when the last one has
 * left. To the protocol it is a stream without results that ends when the subscription does: a result is bytes already, the
 * same for all who asked for the same, and is not made into text again for each of them.
 */
export function deliverTo({ id, sendPieces }: Target, deliveries: Deliveries): AsyncIterableIterator<ExecutionResult> {
  const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  let left = false;
  const end: IteratorResult<ExecutionResult> = { done: true, value: undefined };
  return {
    async next() {
      for (let delivery = await deliveries.next(); delivery !== null && !left; delivery = await deliveries.next()) {
        await sendPieces(head, delivery.json, TAIL);
      }
      return end;
    },
    async return() {
      left = true;
      await deliveries.leave();
      return end;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
