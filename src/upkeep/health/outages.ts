import type { Logger } from '../../log/logger.ts';
import { backoffMs } from '../../waiting/backoff.ts';
import type { Verdict } from './check-server.ts';
import { isPlanned, type Outage, type Watched } from './watch-list.ts';

const REVIVAL = { delayMs: 1000, maxDelayMs: 60_000 };
/** How soon to look again at a server that is coming up: one that stays unwell is soon looked at as any other. */
const COMING_UP = { delayMs: 1000, maxDelayMs: 60_000 };
/** A server that fails sooner than this after it was started again has not recovered. */
const RECOVERED_AFTER_MS = 60_000;

/**
 * Plans what is done about a server by what a look at it found, and when to look again: one that is down is to be started
 * again 1, 2, 4 ... 60 s later, counted anew once it has run for a minute. Answers with the message that says so.
 */
export function followOutage(watched: Watched, verdict: Verdict, now: number, log: Logger): string | null {
  const { instance, outage } = watched;
  if (verdict.isDown) {
    const planned = isPlanned(outage) ? outage : planRevival(watched, now, log);
    // The next look is when it has been started.
    watched.dueAt = Number.POSITIVE_INFINITY;
    // Whole milliseconds first: what was added to a time and is taken from it again differs by a trifle.
    const inSeconds = Math.ceil(Math.round(Math.max(0, planned.reviveAt - now)) / 1000);
    return `${verdict.message} It is started again in ${inSeconds} s (attempt ${planned.attempts}).`;
  }
  if (outage === null) return verdict.message;
  if (verdict.status !== 'HEALTHY') {
    outage.unwellLooks += 1;
    watched.dueAt = Math.min(watched.dueAt, now + backoffMs(outage.unwellLooks, COMING_UP));
    return verdict.message;
  }
  outage.unwellLooks = 0;
  if (outage.wellSince === null) {
    outage.wellSince = now;
    log.info({ instanceId: instance.id, server: instance.resourceName }, 'a server runs again');
  } else if (now - outage.wellSince >= RECOVERED_AFTER_MS) {
    watched.outage = null;
  }
  return verdict.message;
}

function planRevival(watched: Watched, now: number, log: Logger): Outage & { readonly reviveAt: number } {
  const { id, resourceName } = watched.instance;
  const attempts = (watched.outage?.attempts ?? 0) + 1;
  const delayMs = backoffMs(attempts, REVIVAL);
  const planned = { attempts, reviveAt: now + delayMs, wellSince: null, unwellLooks: 0 };
  watched.outage = planned;
  log.warn({ instanceId: id, server: resourceName, attempts, delayMs }, 'a server is down');
  return planned;
}
