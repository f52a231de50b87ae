import type { ServerPhase, ServerRef } from '../../../jobs/ports/platform/servers.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Database } from '../../db/database.ts';
import type { WakeSource } from '../../db/listener.ts';
import { createDuty } from '../../stores/upkeep/duty.ts';
import { type FoundHealth, readWatched, writeEndpoint, writeHealth } from '../../stores/upkeep/health.ts';
import { type HeldLease, healthLeaseName } from '../../stores/upkeep/leases.ts';
import { every } from '../../waiting/every.ts';
import { type CheckDependencies, checkServer } from './check-server.ts';
import { followOutage } from './outages.ts';
import { reviveServer } from './revive-server.ts';
import { type SettlingDependencies, settleStopped } from './settle-stopped.ts';
import { createWatchList, isPlanned, type Watched } from './watch-list.ts';

/** Tells of servers of this machine that were seen to run and do not any more. */
export interface ServerExits {
  /** True once when the server that ran at an earlier look has ended. Costs next to nothing. */
  hasExited(ref: ServerRef): Promise<boolean>;
}

export interface HealthMonitorOptions extends Omit<CheckDependencies, 'timeoutMs' | 'platform'> {
  readonly database: Database;
  readonly platform: SettlingDependencies['platform'];
  readonly instances: SettlingDependencies['instances'];
  /** Default: nobody tells, and the next check finds out. */
  readonly exits?: ServerExits | null;
  /** Keeps true what programs on the platform find of how to connect. Default: nothing is told. */
  readonly tellConnections?: (lease: HeldLease) => Promise<void>;
  readonly listener: WakeSource;
  /** Names this process among those that could do the same. */
  readonly processId: string;
  /** How often each instance is checked. Default 30 s. */
  readonly intervalMs?: number;
  /** How long a server may take to answer. Default 5 s. */
  readonly timeoutMs?: number;
  /** Checks, and so connections, at a time. Default 16, and 4 for one server. */
  readonly concurrency?: number;
  readonly perServer?: number;
  /** How long after its last sign of life another process takes over. Default 15 s. */
  readonly leaseMs?: number;
}

/** Looks after the health of the running instances of one platform. */
export interface HealthMonitor {
  /** Resolves when this process has the duty, or another one has. */
  start(): Promise<void>;
  /** Resolves when no check is under way any more, and another process may take over. */
  stop(): Promise<void>;
}

/** What a cluster tries by itself to bring up; READY: it runs, and nobody reaches it. */
const TRYING: readonly ServerPhase[] = ['STARTING', 'FAILED', 'READY'];
const TICK_MS = 200;
const EXIT_LOOK_MS = 500;
const FLUSH_MS = 1000;
const REVIVALS_AT_ONCE = 2;
/** How soon to look again at what has just been changed. */
const SOON_MS = 1000;

/**
 * Checks every RUNNING instance again and again, in one of all the processes that could. A server that should run and does
 * not is started again, 1, 2, 4 ... 60 s after it was found so; what a cluster tries by itself is given what it lacks. A
 * server that is STOPPED by its record and runs is brought to what was asked for.
 */
export function createHealthMonitor(options: HealthMonitorOptions): HealthMonitor {
  const { database, platform, log, exits = null, tellConnections, intervalMs = 30_000, concurrency = 16 } = options;
  const list = createWatchList({ intervalMs, perServer: options.perServer ?? 4 });
  const duty = createDuty({
    database,
    name: healthLeaseName(platform.id),
    holder: options.processId,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  });
  const checking = { ...options, timeoutMs: options.timeoutMs ?? 5_000 };
  const underWay = new Set<Promise<void>>();
  const changed = new Set<string>();
  const exited = new Set<string>();
  const stops: (() => Promise<void> | void)[] = [];
  let found: FoundHealth[] = [];
  let readAllAt = 0;
  let flushAt = 0;
  let isAway = false;
  let reviving = 0;
  /** Null while another process has the duty. */
  let inCharge: HeldLease | null = null;

  function onChange(payload: string | null): void {
    if (payload === null) readAllAt = 0;
    else if (payload.startsWith('instance:')) changed.add(payload.slice('instance:'.length));
  }

  async function refresh(now: number): Promise<void> {
    if (now >= readAllAt) {
      changed.clear();
      readAllAt = now + intervalMs;
      list.replace(await readWatched(database, platform.id, null), now);
    } else if (changed.size > 0) {
      const ids = [...changed];
      changed.clear();
      list.update(ids, await readWatched(database, platform.id, ids), now);
    }
    for (const id of exited) {
      const watched = list.get(id);
      if (watched !== undefined && !isPlanned(watched.outage)) watched.dueAt = now;
    }
    exited.clear();
  }

  /** A server that has ended is checked at once, unless an operation that is under way has ended it. */
  async function lookForExits(): Promise<void> {
    if (exits === null || inCharge === null) return;
    for (const { instance } of list.all()) {
      if (!(await exits.hasExited(instance))) continue;
      changed.add(instance.id);
      exited.add(instance.id);
    }
  }

  function begin(watched: Watched, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => log.error({ err: error, instanceId: watched.instance.id }, 'a health check failed'))
      .finally(() => {
        watched.isBusy = false;
        underWay.delete(done);
        pump();
      });
    underWay.add(done);
  }

  /** Begins what is due, as far as there is room. */
  function pump(): void {
    const lease = inCharge;
    if (lease === null) return;
    const now = performance.now();
    for (const watched of list.takeRevivals(now, REVIVALS_AT_ONCE - reviving)) {
      begin(watched, () => revive(watched, lease));
    }
    for (const watched of list.takeDue(now, concurrency - underWay.size)) begin(watched, () => check(watched, lease));
  }

  async function check(watched: Watched, lease: HeldLease): Promise<void> {
    const { instance } = watched;
    const verdict = await checkServer(checking, instance);
    const now = performance.now();
    // On time, however long this one took; what fell behind is not made up for.
    watched.dueAt = Math.max(watched.dueAt + intervalMs, now);
    if (verdict.movedTo !== null) {
      await writeEndpoint(database, lease, instance, verdict.movedTo);
      log.warn({ instanceId: instance.id }, 'a server has another address than recorded; the record says so now');
      changed.add(instance.id);
      watched.dueAt = now + SOON_MS;
      return;
    }
    const tries = platform.kind !== 'local' && verdict.phase !== null && TRYING.includes(verdict.phase);
    const message = tries ? verdict.message : followOutage(watched, verdict, now, log);
    const { status, latencyMs } = verdict;
    found.push({ id: instance.id, revision: instance.revision, status, latencyMs, message });
    if (tries) await complete(watched, lease);
  }

  /** The cluster tries to bring it up, for as long as it takes: what of it is missing or outdated is in its way. */
  async function complete({ instance }: Watched, lease: HeldLease): Promise<void> {
    try {
      await reviveServer(database, platform, options.secrets, lease, instance.id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.debug(
        { instanceId: instance.id, reason: error.message },
        'a server that does not come up cannot be completed',
      );
    }
  }

  async function lookAtStopped(): Promise<void> {
    if (inCharge !== null) await settleStopped(options, inCharge);
    if (inCharge !== null) await tellConnections?.(inCharge);
  }

  async function revive(watched: Watched, lease: HeldLease): Promise<void> {
    const { id, resourceName } = watched.instance;
    reviving += 1;
    try {
      await reviveServer(database, platform, options.secrets, lease, id);
      log.warn({ instanceId: id, server: resourceName }, 'a server that was down has been started again');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ instanceId: id, server: resourceName, reason: error.message }, 'a server cannot be started again');
      // Somebody else has it in hand: whether it is still ours to look at is read anew.
      if (error.code === 'CONFLICT') changed.add(id);
    } finally {
      reviving -= 1;
      if (watched.outage !== null) watched.outage.reviveAt = null;
      watched.dueAt = performance.now() + SOON_MS / 2;
    }
  }

  async function flush(lease: HeldLease, now: number): Promise<void> {
    if (found.length === 0 || now < flushAt) return;
    flushAt = now + FLUSH_MS;
    const batch = found;
    found = [];
    const written = await writeHealth(database, lease, batch);
    for (const { id } of batch) {
      const watched = list.get(id);
      const revision = written.get(id);
      if (watched === undefined) continue;
      if (revision !== undefined) {
        if (revision > watched.instance.revision) watched.instance = { ...watched.instance, revision };
      } else {
        changed.add(id);
        watched.dueAt = now;
      }
    }
  }

  async function tick(): Promise<void> {
    const lease = await duty.hold();
    inCharge = lease;
    if (lease === null) {
      list.clear();
      found = [];
      readAllAt = 0;
      return;
    }
    const now = performance.now();
    await refresh(now);
    pump();
    await flush(lease, now);
    isAway = false;
  }

  function onError(error: unknown): void {
    if (!isAway) log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'health cannot be looked after');
    isAway = true;
  }

  return {
    async start() {
      stops.push(options.listener.subscribe('toygres_changes', onChange));
      await tick().catch(onError);
      stops.push(every(TICK_MS, tick, onError), every(EXIT_LOOK_MS, lookForExits, onError));
      stops.push(every(intervalMs, lookAtStopped, onError));
    },
    async stop() {
      await Promise.all(stops.splice(0).map((stop) => stop()));
      inCharge = null;
      await Promise.all(underWay);
      await duty.release().catch(onError);
    },
  };
}
