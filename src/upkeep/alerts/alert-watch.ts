import { randomUUID } from 'node:crypto';
import type { SQL } from 'drizzle-orm';
import { AppError } from '../../../schema/errors.ts';
import type { AlertKind } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import type { WakeSource } from '../../db/listener.ts';
import type { Logger } from '../../log/logger.ts';
import { syncAlerts } from '../../stores/alerts/alerts.ts';
import { READINESS_RULES, RECORD_RULES, type ReadinessRule, storeUnreachable } from '../../stores/alerts/rules.ts';
import { createReadinessWatch } from '../../stores/readiness/readiness-watch.ts';
import { createDuty } from '../../stores/upkeep/duty.ts';
import { foldTallies } from '../../stores/upkeep/tallies.ts';
import { every } from '../../waiting/every.ts';

export interface AlertWatchOptions {
  readonly database: Database;
  readonly listener: WakeSource;
  readonly platformId: string;
  /** Throws while the blob store does not answer. */
  readonly checkStore: () => Promise<void>;
  readonly log: Logger;
  /** How often to look without being told to. Default 20 s. */
  readonly lookMs?: number;
}

/** Opens and resolves alerts by rules, in one of all the processes that could, servers of the API included. */
export interface AlertWatch {
  start(): void;
  /** Looks at all rules once. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const TICK_MS = 1000;
/** Many changes at a time are one look. */
const SETTLE_MS = 1000;
/** One answer that was lost is no outage. */
const MISSES = 2;

export function createAlertWatch(options: AlertWatchOptions): AlertWatch {
  const { database, listener, platformId, checkStore, log, lookMs = 20_000 } = options;
  const duty = createDuty({ database, name: `alerts ${platformId}`, holder: randomUUID() });
  const readiness = createReadinessWatch(database, platformId);
  /** What no rule was held against since its readiness changed; null: all. */
  let changedIds: readonly string[] | null = [];
  let lookAt = 0;
  let misses = 0;
  let storeReason: string | null = null;

  async function lookAtStore(): Promise<void> {
    try {
      await checkStore();
      misses = 0;
      storeReason = null;
    } catch (error) {
      misses += 1;
      const reason = error instanceof AppError ? error.message : 'it failed in a way that is not foreseen.';
      if (misses >= MISSES) storeReason = reason;
    }
  }

  async function look(): Promise<void> {
    await lookAtStore();
    const rules = { ...RECORD_RULES, STORE_UNREACHABLE: storeUnreachable(storeReason) };
    const ids = await readiness.look();
    changedIds = ids === null || changedIds === null ? null : [...new Set([...changedIds, ...ids])];
    let changed = 0;
    for (const [kind, rule] of Object.entries(READINESS_RULES) as [AlertKind, ReadinessRule][]) {
      changed += await syncAlerts(database, platformId, kind, rule(platformId, changedIds), changedIds);
    }
    changedIds = [];
    for (const [kind, rule] of Object.entries(rules) as [AlertKind, (platform: string) => SQL][]) {
      changed += await syncAlerts(database, platformId, kind, rule(platformId));
    }
    await foldTallies(database, platformId);
    if (changed > 0) log.info({ alerts: changed }, 'alerts were opened or resolved');
  }

  async function tick(): Promise<void> {
    if ((await duty.hold()) === null) return;
    // By time that passes: a clock that is set back would keep it from looking.
    const now = performance.now();
    if (now < lookAt) return;
    lookAt = now + lookMs;
    await look();
  }

  function hear(payload: string | null): void {
    const noun = payload?.split(':')[0];
    if (payload === null || noun === 'image' || noun === 'schedule')
      lookAt = Math.min(lookAt, performance.now() + SETTLE_MS);
  }

  function tell(error: unknown): void {
    if (error instanceof AppError) log.warn({ reason: error.message }, 'alerts could not be looked at');
    else log.error({ err: error }, 'alerts could not be looked at');
  }

  const stops: (() => Promise<void> | void)[] = [];
  return {
    look,
    start() {
      stops.push(listener.subscribe('toygres_changes', hear), every(TICK_MS, tick, tell));
    },
    async stop() {
      await Promise.all(stops.map((end) => end()));
      await duty.release();
    },
  };
}
