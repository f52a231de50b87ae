import type { Transaction } from '../../jobs/ports/transaction.ts';
import { AppError } from '../../schema/errors.ts';
import { isTerminal } from '../../schema/states.ts';
import type { Database } from '../db/database.ts';
import {
  changePlannedImage,
  countTaken,
  type NextImage,
  type OpenImage,
  readLastMove,
  readNextImage,
  readOpenImages,
  tallyRun,
} from '../stores/schedules/planned-images.ts';
import { endRun, type LockedRun, lockRun } from '../stores/schedules/runs.ts';
import { readClock } from '../stores/schedules/writes.ts';
import { buildImageName } from './image-name.ts';
import type { ScheduledWork } from './ports.ts';
import { describeEnd } from './run-end.ts';

export interface FeederOptions {
  readonly database: Database;
  readonly work: ScheduledWork;
}

/** An instance that something else is at work on is tried again so often, and given up when the run did nothing else for so long. */
const RETRY_MS = 30_000;
const GIVE_UP_MS = 3_600_000;

/** Brings runs on: never more images under way than the schedule allows, each of them begun once. */
export interface Feeder {
  /** Takes note of what has ended, begins what may begin, and ends the run when all is done. */
  feed(runId: string): Promise<void>;
}

type Ended = { readonly state: 'SUCCEEDED' | 'FAILED'; readonly message?: string } | 'TAKEN' | null;

/** What became of an image; null while it is under way. */
function endOf({ state, operationState, failure, imageState }: OpenImage): Ended {
  if (operationState !== null && !isTerminal(operationState)) return null;
  if (state === 'PROVING') {
    if (operationState === 'SUCCEEDED') return { state: 'SUCCEEDED' };
    if (operationState === 'CANCELLED') {
      return { state: 'FAILED', message: 'Its image is AVAILABLE, and a drill of it was cancelled.' };
    }
    const reason = failure ?? 'its drill is not on record any more';
    return { state: 'FAILED', message: `Its image is AVAILABLE, but a drill of it did not pass: ${reason}` };
  }
  if (operationState === 'SUCCEEDED' || (operationState === null && imageState === 'AVAILABLE')) return 'TAKEN';
  if (operationState === 'CANCELLED') return { state: 'FAILED', message: 'It was cancelled.' };
  return { state: 'FAILED', message: failure ?? `Its image is ${imageState ?? 'not on record any more'}.` };
}

/** A drill is due for the n-th image of the instance. */
async function isDrillDue(tx: Transaction, { schedule }: LockedRun, instanceId: string): Promise<boolean> {
  if (schedule.drillEvery === null) return false;
  return (await countTaken(tx, schedule.id, instanceId)) % schedule.drillEvery === 0;
}

/** Something else is at work on the instance, or something does not answer at present. */
function mayPass({ code, details }: AppError): boolean {
  if (code === 'UNAVAILABLE') return details.rule !== 'notAvailableYet';
  return code === 'CONFLICT' && details.operationId !== undefined;
}

/** The instance does not run any more, or is not there any more. */
function isGone({ code, details }: AppError): boolean {
  return (
    code === 'NOT_FOUND' || (code === 'CONFLICT' && details.operationId === undefined && details.field === undefined)
  );
}

export function createFeeder({ database, work }: FeederOptions): Feeder {
  /** Answers with the images that a drill is due for. */
  async function settle(runId: string): Promise<readonly OpenImage[]> {
    return database.transaction(async (tx) => {
      const locked = await lockRun(tx, runId);
      if (locked === null) return [];
      const toProve: OpenImage[] = [];
      for (const open of await readOpenImages(tx, runId)) {
        const end = endOf(open);
        if (end === null) continue;
        if (end === 'TAKEN' && (await isDrillDue(tx, locked, open.instanceId))) toProve.push(open);
        else await changePlannedImage(tx, runId, open.instanceId, end === 'TAKEN' ? { state: 'SUCCEEDED' } : end);
      }
      return toProve;
    });
  }

  async function prove(runId: string, actor: LockedRun['schedule'], { instanceId, imageId }: OpenImage): Promise<void> {
    const isWaiting = async (tx: Transaction) => {
      if ((await lockRun(tx, runId)) === null) return false;
      const open = await readOpenImages(tx, runId);
      return open.some((image) => image.instanceId === instanceId && image.state === 'TAKING');
    };
    try {
      await work.proveImage(actor, imageId, {
        claim: isWaiting,
        record: (tx, { operationId }) =>
          changePlannedImage(tx, runId, instanceId, { state: 'PROVING', drillOperationId: operationId }),
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const message = `Its image is AVAILABLE, but a drill of it could not begin: ${error.message}`;
      await database.transaction(async (tx) => {
        if (await isWaiting(tx)) await changePlannedImage(tx, runId, instanceId, { state: 'FAILED', message });
      });
    }
  }

  /** The next image, if another may be under way. */
  async function findNext(tx: Transaction, runId: string): Promise<(LockedRun & { next: NextImage }) | null> {
    const locked = await lockRun(tx, runId);
    if (locked === null) return null;
    const open = await readOpenImages(tx, runId);
    if (open.length >= locked.schedule.concurrency) return null;
    const next = await readNextImage(tx, runId, await readClock(tx));
    return next === null ? null : { ...locked, next };
  }

  async function putOff(runId: string, instanceId: string, error: AppError): Promise<void> {
    await database.transaction(async (tx) => {
      const found = await findNext(tx, runId);
      if (found === null || found.next.instanceId !== instanceId) return;
      const now = await readClock(tx);
      const since = Math.max((found.run.startedAt ?? now).getTime(), (await readLastMove(tx, runId))?.getTime() ?? 0);
      const { message } = error;
      if (mayPass(error) && now.getTime() - since < GIVE_UP_MS) {
        const retryAt = new Date(now.getTime() + RETRY_MS);
        await changePlannedImage(tx, runId, instanceId, { state: 'PENDING', message, retryAt });
      } else {
        const state = isGone(error) ? 'SKIPPED' : 'FAILED';
        await changePlannedImage(tx, runId, instanceId, { state, message });
      }
    });
  }

  /** False when nothing more may begin at present. */
  async function beginNext(runId: string): Promise<boolean> {
    const found = await database.transaction((tx) => findNext(tx, runId));
    if (found === null) return false;
    const { run, schedule, next } = found;
    const { instanceId, instanceName } = next;
    const take = (mark: string | null) =>
      work.takeImage(
        schedule,
        { instanceId, name: buildImageName(instanceName, run.dueAt, mark), method: schedule.method },
        {
          claim: async (tx) => (await findNext(tx, runId))?.next.instanceId === instanceId,
          record: (tx, { imageId, operationId }) =>
            changePlannedImage(tx, runId, instanceId, { state: 'TAKING', imageId, operationId }),
        },
      );
    try {
      await take(null).catch((error: unknown) => {
        // Another schedule that was due at the same moment may have taken the name.
        if (error instanceof AppError && error.code === 'CONFLICT' && error.details.field === 'name') {
          return take(run.id.slice(0, 4));
        }
        throw error;
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await putOff(runId, instanceId, error);
    }
    return true;
  }

  async function finish(runId: string): Promise<void> {
    await database.transaction(async (tx) => {
      const locked = await lockRun(tx, runId);
      if (locked === null) return;
      const tally = await tallyRun(tx, runId);
      if (tally.pending + tally.underWay > 0) return;
      await endRun(tx, runId, { ...describeEnd(tally), at: await readClock(tx) });
    });
  }

  return {
    async feed(runId) {
      const toProve = await settle(runId);
      for (const open of toProve) {
        const locked = await database.transaction((tx) => lockRun(tx, runId));
        if (locked !== null) await prove(runId, locked.schedule, open);
      }
      while (await beginNext(runId));
      await finish(runId);
    },
  };
}
