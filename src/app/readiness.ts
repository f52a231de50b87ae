import type { Finding } from '../../resolvers/ports/queries.ts';
import type { Logger } from '../log/logger.ts';
import { findReadiness } from '../services/checks/diagnostics.ts';
import type { Core } from './core.ts';

/** Asks the queue whether it answers. */
export function checkQueue({ boss }: Pick<Core, 'boss'>): { check(): Promise<void> } {
  return { check: async () => void (await boss.schemaVersion()) };
}

/** Whether what every server needs is there. */
export function createReadiness(core: Core, log: Logger): () => Promise<readonly Finding[]> {
  const { database, services } = core;
  return () => findReadiness({ database, queue: checkQueue(core), store: services.store, logger: log });
}
