import { EVERYTHING, isEverything } from '../../schema/rules/scope-rules.ts';
import type { Authenticator } from '../api/authenticator.ts';
import type { ReadyPage } from '../api/http/probes.ts';
import type { Config } from '../config/env.ts';
import { isLoopback } from '../config/networks.ts';
import type { Logger } from '../log/logger.ts';
import { findReadiness } from '../services/checks/diagnostics.ts';
import type { Core } from './core.ts';

/** Asks the queue whether it answers. */
export function checkQueue({ boss }: Pick<Core, 'boss'>): { check(): Promise<void> } {
  return { check: async () => void (await boss.schemaVersion()) };
}

/** Shorter than those who ask wait, so that they are told what does not answer. */
const LINK_MS = 3_000;

/**
 * Who may read what of the readiness stands well and what does not: on loopback everybody, else who may use the API and sees
 * everything. Most who ask are probes that show nothing; that is no attempt of anybody's.
 */
export function createDetailsRule(host: string, auth: Authenticator): ReadyPage['showsDetails'] {
  return async (authorization) => {
    if (isLoopback(host)) return true;
    if (authorization === undefined) return false;
    const caller = await auth.authenticate(authorization).catch(() => null);
    return caller !== null && isEverything(caller.scope ?? EVERYTHING);
  };
}

/** Whether what every server needs is there, and who is told the details. */
export function createReadiness(
  core: Core,
  { host }: Pick<Config, 'host'>,
  auth: Authenticator,
  log: Logger,
): ReadyPage {
  const { database, services } = core;
  const parts = { database, queue: checkQueue(core), store: services.store, logger: log, timeoutMs: LINK_MS };
  return { find: (what) => findReadiness(parts, what), showsDetails: createDetailsRule(host, auth) };
}
