import { type Noun, notFound } from '../../resolvers/ids.ts';
import type { OperationEventRecord } from '../../resolvers/ports/records.ts';
import type { EventStreams } from '../../resolvers/ports/streams.ts';
import { isTerminal } from '../../schema/states.ts';
import type { Database } from '../db/database.ts';
import { isDatabaseUnavailable } from '../db/errors.ts';
import type { Listener } from '../db/listener.ts';
import type { Logger } from '../log/logger.ts';
import { createAlertQueries } from '../stores/alerts/alerts.ts';
import { readPlaceOfNow } from '../stores/lists/change-feed.ts';
import {
  type Change,
  createChangedImages,
  createChangedInstances,
  createChangedOperations,
} from '../stores/lists/changed-rows.ts';
import type { EventPage } from '../stores/operations/events.ts';
import { createScheduleQueries } from '../stores/schedules/queries.ts';
import { createBell } from './bell.ts';
import { encodeChangeCursor } from './change-cursor.ts';
import { createChangeFeedHub, type ReadNoun } from './change-feed-hub.ts';
import { type ChangeHub, createChangeHub } from './change-hub.ts';
import { createEventHub, type EventHub, PAGE_SIZE } from './event-hub.ts';
import { followChanges } from './follow-changes.ts';
import { leavable } from './leavable.ts';

export interface EventStreamsOptions {
  readonly database: Database;
  readonly listener: Pick<Listener, 'subscribe'>;
  readonly log: Logger;
}

/** The streams of this process; while nobody follows anything they hold neither timer nor subscription. */
export function createEventStreams({ database, listener, log }: EventStreamsOptions): EventStreams {
  const events = createEventHub(database, listener, log);
  const rows = {
    instance: createChangedInstances(database),
    image: createChangedImages(database),
    operation: createChangedOperations(database),
  };
  const instances = createChangeHub({ noun: 'instance', rows: rows.instance, listener, log });
  const images = createChangeHub({ noun: 'image', rows: rows.image, listener, log });
  const operations = createChangeHub({ noun: 'operation', rows: rows.operation, listener, log });
  const schedules = createScheduleQueries(database);
  const alerts = createAlertQueries(database);
  // Each noun whose table has the trigger; `Change` has a field for it.
  const nouns = new Map<string, ReadNoun>([
    ['instance', rows.instance.readByIds],
    ['image', rows.image.readByIds],
    ['operation', rows.operation.readByIds],
    ['schedule', async (ids) => (await schedules.byIds(ids)).filter((record) => record !== null)],
    ['alert', async (ids) => (await alerts.byIds(ids)).filter((record) => record !== null)],
  ]);
  const feed = createChangeFeedHub({ database, listener, log, nouns });
  return {
    followOperation: (operationId, after, signal) =>
      leavable(signal, (left) => followEvents(events, operationId, after, left)),
    followInstances: (instanceId, signal) =>
      leavable(signal, (left) =>
        instanceId === null ? followAll(instances, null, left) : followOne(instances, 'instance', instanceId, left),
      ),
    followImages: (imageId, signal) =>
      leavable(signal, (left) =>
        imageId === null ? followAll(images, null, left) : followOne(images, 'image', imageId, left),
      ),
    followOperations: ({ instanceId, imageId }, signal) =>
      leavable(signal, (left) =>
        followAll(
          operations,
          (record) =>
            (instanceId === null || record.instanceId === instanceId) &&
            (imageId === null || record.imageId === imageId),
          left,
        ),
      ),
    followChanges: (after, signal) => leavable(signal, (left) => followChanges(feed, after, left)),
    readChangesCursor: async () => encodeChangeCursor(await readPlaceOfNow(database)),
  };
}

const RETRY_MS = 1000;

async function* followEvents(
  hub: EventHub,
  operationId: string,
  after: number,
  left: AbortSignal,
): AsyncGenerator<OperationEventRecord, void, void> {
  const bell = createBell();
  const leave = hub.join(operationId, bell.ring);
  try {
    let cursor = after;
    for (let begun = false; ; begun = true) {
      let page: EventPage | null;
      try {
        page = await hub.read(operationId, cursor);
      } catch (error) {
        // Who follows already only waits a little longer.
        if (!begun || !isDatabaseUnavailable(error)) throw error;
        const timer = setTimeout(bell.ring, RETRY_MS);
        await bell.wait(left);
        clearTimeout(timer);
        if (left.aborted) return;
        continue;
      }
      if (page === null) throw notFound('operation', 'operationId');
      for (const event of page.events) {
        yield event;
        cursor = event.sequence;
      }
      if (page.events.length === PAGE_SIZE) continue;
      if (isTerminal(page.state) && cursor >= page.last) return;
      await bell.wait(left);
      if (left.aborted) return;
    }
  } finally {
    leave();
  }
}

async function* followOne<T extends Change & { readonly state: string }>(
  hub: ChangeHub<T>,
  noun: Noun,
  id: string,
  left: AbortSignal,
): AsyncGenerator<T, void, void> {
  const bell = createBell();
  let newest: T | null = null;
  const leave = hub.join(id, (record) => {
    newest = record;
    bell.ring();
  });
  const takeNewest = () => newest;
  try {
    const [present] = await hub.readByIds([id]);
    if (present === undefined) throw notFound(noun, `${noun}Id`);
    let shown = present;
    yield shown;
    // A DELETED row changes no more.
    while (shown.state !== 'DELETED') {
      const record = takeNewest();
      if (record !== null && record.revision > shown.revision) {
        shown = record;
        yield shown;
        continue;
      }
      await bell.wait(left);
      if (left.aborted) return;
    }
  } finally {
    leave();
  }
}

/** Of a row that changes faster than the reader reads, the reader sees the newest state alone. */
async function* followAll<T extends Change>(
  hub: ChangeHub<T>,
  isWanted: ((record: T) => boolean) | null,
  left: AbortSignal,
): AsyncGenerator<T, void, void> {
  const bell = createBell();
  const waiting = new Map<string, T>();
  const leave = hub.join(null, (record) => {
    if (isWanted !== null && !isWanted(record)) return;
    waiting.delete(record.id);
    waiting.set(record.id, record);
    bell.ring();
  });
  try {
    for (;;) {
      for (const [id, record] of waiting) {
        waiting.delete(id);
        yield record;
      }
      await bell.wait(left);
      if (left.aborted) return;
    }
  } finally {
    leave();
  }
}
