import type { WatchedInstance } from '../../stores/upkeep/health.ts';

/** A server that should run and did not. */
export interface Outage {
  /** How often it was, or is about to be, started again. */
  attempts: number;
  /** When to start it again; null when that is done. */
  reviveAt: number | null;
  /** Since when it runs again; null while it does not. */
  wellSince: number | null;
  /** How many looks in a row found it down or unwell since it was started again. */
  unwellLooks: number;
}

/** Whether it is to be started again and has not been yet. */
export function isPlanned(outage: Outage | null): outage is Outage & { reviveAt: number } {
  return outage !== null && outage.reviveAt !== null;
}

/** An instance with when to look at it next; times are those of `performance.now()`. */
export interface Watched {
  instance: WatchedInstance;
  dueAt: number;
  isBusy: boolean;
  outage: Outage | null;
}

/** Who is to be checked, and when. */
export interface WatchList {
  readonly size: number;
  get(id: string): Watched | undefined;
  all(): readonly Watched[];
  /** Takes over who there is now of all. Whoever is new is spread over what comes next. */
  replace(instances: readonly WatchedInstance[], now: number): void;
  /** Takes over who there is now of these ids. Whoever is new is due at once. */
  update(ids: readonly string[], instances: readonly WatchedInstance[], now: number): void;
  /** Who is due, the longest due first; no more than so many, and of one address no more than `perServer` at a time. */
  takeDue(now: number, room: number): readonly Watched[];
  /** Who is to be started again. */
  takeRevivals(now: number, room: number): readonly Watched[];
  clear(): void;
}

/** A first round of many is spread, of few it is quick. */
const SPREAD_MS_EACH = 50;

function addressOf({ instance }: Watched): string {
  return instance.endpoint === null ? instance.id : `${instance.endpoint.host}:${instance.endpoint.port}`;
}

export function createWatchList({ intervalMs, perServer }: { intervalMs: number; perServer: number }): WatchList {
  const list = new Map<string, Watched>();

  function put(instance: WatchedInstance, dueAt: number): void {
    const known = list.get(instance.id);
    if (known === undefined) list.set(instance.id, { instance, dueAt, isBusy: false, outage: null });
    else known.instance = instance;
  }

  function take(isDue: (watched: Watched) => number | null, now: number, room: number): readonly Watched[] {
    const due = [...list.values()].flatMap((watched) => {
      const at = watched.isBusy ? null : isDue(watched);
      return at !== null && at <= now ? [{ watched, at }] : [];
    });
    if (due.length === 0 || room <= 0) return [];
    const visitors = new Map<string, number>();
    for (const watched of list.values()) {
      if (watched.isBusy) visitors.set(addressOf(watched), (visitors.get(addressOf(watched)) ?? 0) + 1);
    }
    const taken: Watched[] = [];
    for (const { watched } of due.sort((a, b) => a.at - b.at)) {
      const there = visitors.get(addressOf(watched)) ?? 0;
      if (there >= perServer) continue;
      visitors.set(addressOf(watched), there + 1);
      watched.isBusy = true;
      if (taken.push(watched) === room) break;
    }
    return taken;
  }

  return {
    get size() {
      return list.size;
    },
    get: (id) => list.get(id),
    all: () => [...list.values()],

    replace(instances, now) {
      const present = new Set(instances.map(({ id }) => id));
      for (const id of list.keys()) if (!present.has(id)) list.delete(id);
      const fresh = instances.filter(({ id }) => !list.has(id)).length;
      const spreadMs = Math.min(intervalMs, fresh * SPREAD_MS_EACH);
      let index = 0;
      for (const instance of instances) {
        const isNew = !list.has(instance.id);
        put(instance, now + (isNew ? (spreadMs * index) / fresh : 0));
        if (isNew) index += 1;
      }
    },

    update(ids, instances, now) {
      const present = new Set(instances.map(({ id }) => id));
      for (const id of ids) if (!present.has(id)) list.delete(id);
      for (const instance of instances) put(instance, now);
    },

    takeDue: (now, room) => take(({ dueAt }) => dueAt, now, room),
    takeRevivals: (now, room) => take(({ outage }) => outage?.reviveAt ?? null, now, room),
    clear: () => list.clear(),
  };
}
