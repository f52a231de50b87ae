import type { Logger } from '../../../log/logger.ts';
import { pause } from '../../../waiting/pause.ts';
import { OURS } from '../labels.ts';
import type { KubernetesApi } from './api.ts';
import { isStatus } from './errors.ts';
import { splitLines } from './lines.ts';
import { type Kind, type Kinds, type KubeObject, pathOf } from './objects.ts';

/** A watch ends by itself after this and is taken up again where it ended. */
const WATCH_SECONDS = 270;
/** The server sends a bookmark every minute: after this silence the connection is dead, whatever it looks like. */
const SILENCE_MS = 90_000;
const PAUSE_MS = { first: 250, most: 15_000 };
/** While the watch is down, who asks has the list read anew, but not more often than this. */
const REFRESH_MS = 1_000;

/** What we know of all objects of a kind that carry our mark, kept up to date by one watch. */
export interface Informer<T extends KubeObject> {
  /** By name. While the watch is down, lists anew; throws UNAVAILABLE when that fails as well. */
  read(): Promise<ReadonlyMap<string, T>>;
  /** Takes over what a write answered, so that who reads next sees it. */
  put(object: T): void;
  /** Calls back after every change, until the answer is called. */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T & { readonly code?: number };
}

class Gone extends Error {}
class EndedAtOnce extends Error {}

/** Whether `a` is older than `b`: both are versions that one server gave. */
function isOlder(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return (a?.length ?? 0) < (b?.length ?? 0);
  return a < b;
}

/** Begins to watch at the first `read` and goes on until `stop`, whatever happens to the connection. */
export function createInformer<K extends Kind>(
  api: KubernetesApi,
  kind: K,
  namespace: string,
  log: Logger,
): Informer<Kinds[K]> {
  type T = Kinds[K];
  let objects = new Map<string, T>();
  let version: string | null = null;
  let live = false;
  let refreshing: Promise<void> | null = null;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;
  const stopping = new AbortController();
  const listeners = new Set<() => void>();

  const changed = () => {
    for (const listener of [...listeners]) listener();
  };

  function put(object: T): void {
    const known = objects.get(object.metadata.name);
    const isSame = known?.metadata.uid === object.metadata.uid;
    if (isSame && isOlder(object.metadata.resourceVersion, known?.metadata.resourceVersion)) return;
    objects.set(object.metadata.name, object);
    changed();
  }

  function drop(object: T): void {
    if (objects.get(object.metadata.name)?.metadata.uid !== object.metadata.uid) return;
    objects.delete(object.metadata.name);
    changed();
  }

  async function list(): Promise<void> {
    const { items, resourceVersion } = await api.list(kind, namespace, { labelSelector: OURS });
    objects = new Map(items.map((item) => [item.metadata.name, item]));
    version = resourceVersion;
    refreshedAt = performance.now();
    changed();
  }

  function refresh(): Promise<void> {
    refreshing ??= list().finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  async function watch(from: string): Promise<void> {
    const query = {
      watch: true,
      labelSelector: OURS,
      resourceVersion: from,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_SECONDS,
    };
    const signal = stopping.signal;
    const body = await api.stream(`Watching ${kind}s`, pathOf(kind, namespace), query, {
      signal,
      silenceMs: SILENCE_MS,
    });
    live = true;
    for await (const line of splitLines(body)) {
      if (line === '') continue;
      const { type, object } = JSON.parse(line) as WatchEvent<T>;
      if (type === 'ERROR') throw object.code === 410 ? new Gone() : new Error(`the watch ended with ${object.code}`);
      if (type === 'ADDED' || type === 'MODIFIED') put(object);
      if (type === 'DELETED') drop(object);
      version = object.metadata.resourceVersion ?? version;
    }
  }

  async function run(): Promise<void> {
    let pauseMs = PAUSE_MS.first;
    while (!stopping.signal.aborted) {
      try {
        if (version === null) await refresh();
        const begunAt = performance.now();
        await watch(version ?? '0');
        // One that is ended as soon as it is begun must not be begun without end.
        if (performance.now() - begunAt < PAUSE_MS.first) throw new EndedAtOnce('the watch was ended at once');
        pauseMs = PAUSE_MS.first;
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (live && !(error instanceof EndedAtOnce)) pauseMs = PAUSE_MS.first;
        live = false;
        // Too old to go on from: only a new list tells what was missed.
        if (error instanceof Gone || isStatus(error, 410)) version = null;
        else log.debug({ err: error, kind, namespace }, 'a watch was cut; it goes on in a moment');
        await pause(pauseMs, stopping.signal);
        pauseMs = Math.min(pauseMs * 2, PAUSE_MS.most);
      }
    }
  }

  return {
    read: async () => {
      if (running === null) {
        // The first look says at once what is wrong.
        await refresh();
        running ??= run();
      } else if (!live && performance.now() - refreshedAt > REFRESH_MS) await refresh();
      return objects;
    },
    put,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
