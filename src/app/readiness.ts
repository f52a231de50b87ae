import type { FindReadiness } from '../api/http/probes.ts';
import type { Logger } from '../log/logger.ts';
import { findReadiness } from '../services/checks/diagnostics.ts';
import type { Core } from './core.ts';

/** Asks the queue whether it answers. */
export function checkQueue({ boss }: Pick<Core, 'boss'>): { check(): Promise<void> } {
  return { check: async () => void (await boss.schemaVersion()) };
}

/** Shorter than those who ask wait, so that they are told what does not answer. */
const LINK_MS = 3_000;

/** Whether what every server needs is there. */
export function createReadiness(core: Core, log: Logger): FindReadiness {
  const { database, services } = core;
  const parts = { database, queue: checkQueue(core), store: services.store, logger: log, timeoutMs: LINK_MS };
  return (what) => findReadiness(parts, what);
}
