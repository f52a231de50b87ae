import type { Request, Response } from 'express';
import { OperationTypeNode } from 'graphql';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import type { Logger } from '../../log/logger.ts';
import { describeError } from '../errors/describe-error.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import { refuseRequest } from '../errors/refusals.ts';
import {
  type AskedRequest,
  DocumentFaults,
  type PreparedOperation,
  type Preparer,
} from '../execution/prepare-operation.ts';
import type { Deliveries } from '../execution/run-subscription.ts';
import { type EventStreamWriter, openEventStream } from './event-stream-writer.ts';
import { resumeAfter } from './resume-after.ts';

export interface EventStreamParts {
  readonly preparer: Preparer;
  readonly subscriptions: { open(prepared: PreparedOperation, caller: Caller): Deliveries };
  readonly formatError: ErrorFormatter;
  readonly log: Logger;
}

/**
 * Subscriptions over HTTP, as graphql-sse has them in its distinct connections mode, for any client that can read a
 * response as it comes: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 *
 * An event carries as its id with what to go on after it, and `Last-Event-ID` goes on there. A slow reader is sent nothing
 * more until it has read. Whatever is wrong with the operation comes as an event, as the protocol asks.
 */
export interface EventStreamServer {
  /** True when nothing but an event stream will do. */
  isAskedBy(request: Request): boolean;
  /** Never rejects. The body was read and has the form of a request. */
  serve(request: Request, response: Response, caller: Caller): Promise<void>;
  /** Ends all streams without `complete`, so that their clients go on elsewhere; resolves when their sources are left. */
  stop(): Promise<void>;
}

export function createEventStreamServer(parts: EventStreamParts): EventStreamServer {
  const { preparer, subscriptions, formatError, log } = parts;
  const open = new Map<EventStreamWriter, Promise<void>>();
  let stopping = false;

  function prepare(request: Request): PreparedOperation {
    const prepared = preparer.prepare(request.body as AskedRequest);
    if (prepared.operation.operation !== OperationTypeNode.SUBSCRIPTION) {
      throw refuseRequest(
        'Only subscriptions are streams: send queries and mutations with the header "Accept: application/json".',
        'Accept',
        'subscription',
      );
    }
    const lastEventId = request.get('Last-Event-ID');
    return lastEventId ? resumeAfter(prepared, lastEventId) : prepared;
  }

  async function pump(request: Request, writer: EventStreamWriter, caller: Caller): Promise<void> {
    let deliveries: Deliveries | null = null;
    const leave = () => void deliveries?.leave().catch(() => undefined);
    try {
      deliveries = subscriptions.open(prepare(request), caller);
      writer.closed.addEventListener('abort', leave, { once: true });
      while (!writer.closed.aborted) {
        const delivery = await deliveries.next();
        if (delivery === null) break;
        await writer.write('next', delivery.json, delivery.id);
      }
    } catch (error) {
      const errors = error instanceof DocumentFaults ? error.errors : [error];
      await writer.write('next', JSON.stringify({ errors: errors.map(formatError) }), null);
    } finally {
      writer.closed.removeEventListener('abort', leave);
      await deliveries?.leave();
    }
    if (writer.closed.aborted || stopping) return;
    await writer.write('complete', '', null);
    writer.end();
  }

  return {
    isAskedBy: (request) => request.method === 'POST' && /^\s*text\/event-stream\b/i.test(request.headers.accept ?? ''),
    async serve(request, response, caller) {
      const writer = openEventStream(response);
      const pumped = pump(request, writer, caller).catch((error: unknown) => {
        log.error({ error: describeError(error) }, 'an event stream was not left cleanly');
        writer.end();
      });
      open.set(writer, pumped);
      if (stopping) writer.end();
      await pumped;
      open.delete(writer);
    },
    async stop() {
      stopping = true;
      for (const writer of open.keys()) writer.end();
      await Promise.all(open.values());
    },
  };
}
