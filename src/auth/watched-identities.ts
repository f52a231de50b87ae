import type { Caller } from '../../resolvers/ports/commands.ts';
import { AppError } from '../../schema/errors.ts';
import type { Listener } from '../db/listener.ts';
import type { Logger } from '../log/logger.ts';
import { hashSecret } from '../secrets/bearer-secret.ts';
import type { Identities, RequestSource } from './identities.ts';

/** Ends are looked for so often; a notification is only quicker, and says nothing of what ends by time. */
const LOOK_MS = 5000;

/** Tells those who use a credential for long when it no longer gives them what it gave. */
export interface WatchedIdentities {
  /**
   * Calls back once, when the credential has ended or its caller's rights are others than they were. Answers with the way
   * to stop watching, which may be called twice.
   */
  watch(authorization: unknown, source: RequestSource, caller: Caller, onEnd: () => void): () => void;
  /** Ends timer and subscription; nothing is told afterwards. */
  stop(): void;
}

interface Watched {
  readonly authorization: unknown;
  readonly source: RequestSource;
  readonly rights: string;
  readonly onEnds: Set<() => void>;
}

function rightsOf({ kind, id, role, scope = {} }: Caller): string {
  return JSON.stringify([kind, id, role, Object.entries(scope).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Looks once for each credential and set of rights, however many use it. */
export function createWatchedIdentities(
  identities: Identities,
  listener: Pick<Listener, 'subscribe'>,
  log: Logger,
): WatchedIdentities {
  const watched = new Map<string, Watched>();
  let close: (() => void) | null = null;
  let isLooking = false;
  let again = false;

  async function hasEnded({ authorization, source, rights }: Watched): Promise<boolean> {
    try {
      return rightsOf(await identities.identify(authorization, source, { touch: false })) !== rights;
    } catch (error) {
      if (error instanceof AppError && error.code === 'UNAUTHENTICATED') return true;
      // The database does not answer: the next look tells.
      log.debug('whether credentials still hold could not be looked up');
      return false;
    }
  }

  async function lookAtAll(): Promise<void> {
    do {
      again = false;
      for (const [key, each] of [...watched]) {
        if (!watched.has(key) || !(await hasEnded(each))) continue;
        watched.delete(key);
        for (const onEnd of each.onEnds) onEnd();
      }
    } while (again && watched.size > 0);
    isLooking = false;
    closeWhenUnused();
  }

  function look(): void {
    again = true;
    if (isLooking) return;
    isLooking = true;
    void lookAtAll();
  }

  function open(): () => void {
    const unsubscribe = listener.subscribe('toygres_access', look);
    const timer = setInterval(look, LOOK_MS);
    return () => {
      unsubscribe();
      clearInterval(timer);
    };
  }

  function closeWhenUnused(): void {
    if (watched.size > 0) return;
    close?.();
    close = null;
  }

  return {
    watch(authorization, source, caller, onEnd) {
      const credential = hashSecret(JSON.stringify([authorization ?? null, source.session]));
      const rights = rightsOf(caller);
      const key = `${credential} ${rights}`;
      const each = watched.get(key) ?? { authorization, source, rights, onEnds: new Set() };
      const own = () => onEnd();
      each.onEnds.add(own);
      watched.set(key, each);
      close ??= open();
      return () => {
        each.onEnds.delete(own);
        if (each.onEnds.size === 0 && watched.get(key) === each) watched.delete(key);
        closeWhenUnused();
      };
    },
    stop() {
      watched.clear();
      closeWhenUnused();
    },
  };
}
