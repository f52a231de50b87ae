import type { NamespaceStatus } from '../../../jobs/ports/platform/platform.ts';
import { AppError } from '../../../schema/errors.ts';
import type { DriftKind } from '../../../schema/states.ts';
import type { Logger } from '../../log/logger.ts';
import { type Leftover, readOverdueDrift, recordDrift, settleDrift } from '../../stores/upkeep/drift.ts';
import { readImageOwners, readJobOwners, readMoment, readServerOwners } from '../../stores/upkeep/owners.ts';
import { comparePlatform, idsOfOwners } from './compare-platform.ts';
import { compareStore, createPrefixReader } from './compare-store.ts';
import { type RemovalDependencies, removeLeftover } from './remove-leftover.ts';

export interface ReconcilerOptions extends RemovalDependencies {
  /** How long something must be seen as left over before it is removed. */
  readonly graceMs: number;
  readonly log: Logger;
}

/** Holds what the platform and the blob store hold against the records. */
export interface Reconciler {
  /**
   * One look at all of it: records what differs, and removes what has been left over for longer than the grace time. A
   * platform or store that does not answer is left as it was last seen. Safe to repeat, and after a crash in the middle.
   */
  run(signal: AbortSignal): Promise<void>;
}

const ON_PLATFORM: readonly DriftKind[] = ['SERVER', 'VOLUME', 'SECRET', 'CONFIGURATION', 'JOB'];
/** A job may work on the volume, and the server runs on it: the data goes last. */
const ORDER: readonly DriftKind[] = ['JOB', 'SERVER', 'CONFIGURATION', 'SECRET', 'VOLUME', 'IMAGE'];

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { database, services, graceMs, log } = options;
  const { platform, store } = services;
  const prefixes = createPrefixReader(store);

  async function lookAtPlatform(): Promise<void> {
    const since = await readMoment(database);
    const namespaces = await platform.readNamespaces();
    const isUnread = ({ failure }: NamespaceStatus) => failure !== null;
    const unread = namespaces.filter(isUnread).map(({ name }) => name);
    for (const { name, failure } of namespaces.filter(isUnread)) {
      log.warn({ namespace: name, reason: failure }, 'a namespace could not be held against the records');
    }
    const objects = await platform.listObjects(namespaces.filter((one) => !isUnread(one)).map(({ name }) => name));
    const ids = idsOfOwners(objects);
    const servers = await readServerOwners(database, { platform: platform.id, ids, since });
    const jobs = await readJobOwners(database, ids);
    const owners = {
      servers: new Map(servers.map((owner) => [owner.id, owner])),
      jobs: new Map(jobs.map((owner) => [owner.id, owner])),
    };
    const seen = comparePlatform(platform.id, objects, owners).filter(({ namespace }) => !unread.includes(namespace));
    await recordDrift(database, platform.id, ON_PLATFORM, seen, unread);
  }

  async function lookAtStore(): Promise<void> {
    const since = await readMoment(database);
    const ids = await store.listImageIds();
    const images = await readImageOwners(database, { platform: platform.id, ids, since });
    const owners = new Map(images.map((owner) => [owner.id, owner]));
    const seen = await compareStore(platform.id, ids, owners, prefixes.describeAmong(ids));
    await recordDrift(database, platform.id, ['IMAGE'], seen);
  }

  /** What does not answer now is looked at the next time. */
  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof AppError)
        log.warn({ reason: error.message }, `${what} could not be held against the records`);
      else log.error({ err: error }, `${what} could not be held against the records`);
    }
  }

  async function remove(leftover: Leftover, signal: AbortSignal): Promise<void> {
    const { kind, namespace, name, reason } = leftover;
    try {
      await removeLeftover(options, leftover, signal);
      await settleDrift(database, platform.id, leftover, 'REMOVED', reason);
      log.warn({ kind, namespace, name, reason }, 'something that was left over has been removed');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await settleDrift(
        database,
        platform.id,
        leftover,
        'PENDING',
        `${reason} It could not be removed: ${error.message}`,
      );
      log.warn({ kind, namespace, name, reason: error.message }, 'something that is left over could not be removed');
    }
  }

  return {
    async run(signal) {
      await attempt('the platform', lookAtPlatform);
      await attempt('the blob store', lookAtStore);
      const overdue = await readOverdueDrift(database, platform.id, graceMs);
      for (const leftover of overdue.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))) {
        if (signal.aborted) return;
        await attempt(`${leftover.kind} ${leftover.name}`, () => remove(leftover, signal));
      }
    },
  };
}
