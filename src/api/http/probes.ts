import type { RequestHandler } from 'express';
import type { Finding } from '../../../resolvers/ports/queries.ts';
import type { Logger } from '../../log/logger.ts';
import { describeError } from '../errors/describe-error.ts';

const READY_TIMEOUT_MS = 5000;

/** Answers 200 as long as the process can answer at all. */
export function answerHealth(version: string): RequestHandler {
  return (_request, response) => {
    response.json({ status: 'healthy', service: 'toygres', version });
  };
}

/**
 * `everything`: database, queue and blob store. `traffic`: what no request can do without, so that the blob store is not
 * asked: while that is away, only what needs it is refused.
 */
export type ReadyFor = 'everything' | 'traffic';
export type FindReadiness = (what: ReadyFor) => Promise<readonly Finding[]>;

/** What probes ask of a process. */
export interface ReadyPage {
  readonly find: FindReadiness;
  /** Whether who sent this `Authorization` may read versions, causes and remedies. */
  readonly showsDetails: (authorization: string | undefined) => Promise<boolean>;
}

/**
 * Answers 200 when all of that is there, else 503 with what is not; also when finding out takes too long. Whoever may not
 * read details is told the names alone.
 */
export function answerReady({ find: ready, showsDetails }: ReadyPage, what: ReadyFor, log: Logger): RequestHandler {
  return async (request, response) => {
    const checks = await withinTime(() => ready(what)).catch((error: unknown): readonly Finding[] => {
      log.error({ error: describeError(error) }, 'the readiness checks failed');
      return [{ name: 'checks', ok: false, detail: 'the checks themselves failed', remedy: "see the server's log" }];
    });
    const ok = checks.every((check) => check.ok);
    const shown = (await showsDetails(request.headers.authorization))
      ? checks
      : checks.map((check) => ({ name: check.name, ok: check.ok }));
    response.status(ok ? 200 : 503).json({ status: ok ? 'ready' : 'not ready', checks: shown });
  };
}

async function withinTime(ready: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const detail = `no answer within ${READY_TIMEOUT_MS} ms`;
    timer = setTimeout(() => resolve([{ name: 'checks', ok: false, detail, remedy: null }]), READY_TIMEOUT_MS);
  });
  try {
    return await Promise.race([ready(), late]);
  } finally {
    clearTimeout(timer);
  }
}
