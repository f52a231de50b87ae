import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { OperationEventRecord } from '../../../resolvers/ports/records.ts';
import type { EventStreams } from '../../../resolvers/ports/streams.ts';
import type { OperationState } from '../../../schema/states.ts';
import type { Database } from '../../../src/db/database.ts';
import { createListener, type Listener } from '../../../src/db/listener.ts';
import { createEventStreams } from '../../../src/events/event-streams.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { insertInstance, insertOperation } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

export const log = createLogger('silent');

/** A CMS of the file, and streams of its changes over a listener that each test has for itself. */
export interface StreamWorld {
  readonly database: Database;
  readonly listener: Listener;
  readonly streams: EventStreams;
  /** Writes a RUNNING operation without events; answers with its id. */
  insertOperation(instanceId?: string): Promise<string>;
  /** Writes a CREATING instance without labels; answers with its id. */
  insertInstance(): Promise<string>;
  /** Adds the next event of an operation in one statement, as the engine does. */
  tell(operationId: string, state?: OperationState): Promise<void>;
  /** Ends the connection that the listener has now. */
  cutListener(): Promise<void>;
}

/** To be called at the head of a file. A test fails that leaves a subscriber behind. */
export function useStreamWorld(): StreamWorld {
  let cms: TestDatabase;
  let listener: Listener;
  let streams: EventStreams;
  beforeAll(async () => {
    cms = await createTestDatabase();
  });
  afterAll(() => cms.stop());
  beforeEach(async () => {
    listener = createListener({ url: cms.url, log });
    await listener.start();
    streams = createEventStreams({ database: cms.database, listener, log });
  });
  afterEach(async () => {
    const left = listener.subscribers;
    await listener.stop();
    expect(left).toBe(0);
  });

  return {
    get database() {
      return cms.database;
    },
    get listener() {
      return listener;
    },
    get streams() {
      return streams;
    },
    insertOperation: (instanceId) =>
      insertOperation(cms.database, { state: 'RUNNING', instanceId: instanceId ?? null }),
    insertInstance: () => insertInstance(cms.database, { state: 'CREATING' }),
    async tell(id, state = 'RUNNING') {
      await cms.database.orm.execute(sql`
        WITH op AS (
          UPDATE cms.operations SET sequence = sequence + 1, state = ${state} WHERE id = ${id} RETURNING sequence
        )
        INSERT INTO cms.operation_events (operation_id, sequence, state, percent)
        SELECT ${id}::uuid, sequence, ${state}, 0 FROM op`);
    },
    async cutListener() {
      await cms.database.orm.execute(sql`SELECT pg_terminate_backend(${listener.backendPid})`);
    },
  };
}

/** A signal that is never aborted. */
export const never = () => new AbortController().signal;

/** The sequences of all events until the stream ends. */
export async function collect(events: AsyncIterable<OperationEventRecord>): Promise<number[]> {
  const sequences: number[] = [];
  for await (const event of events) sequences.push(event.sequence);
  return sequences;
}
