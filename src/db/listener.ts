import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Logger } from '../log/logger.ts';
import { createSession, type ReadPassword } from './session.ts';

/** The channels that the triggers of the CMS notify. */
export const CHANNELS = ['toygres_work', 'toygres_events', 'toygres_changes', 'toygres_access'] as const;
export type Channel = (typeof CHANNELS)[number];
/** Hints that something may be new. The tables tell the truth; whoever listens also looks by itself now and then. */
export type WakeSource = Pick<Listener, 'subscribe'>;
/** On it the listener hears itself, which proves that what others notify arrives. */
const PROOF = 'toygres_proof';
/** A notification may come late once; a second one that does not come is none. */
const DEAF_AFTER = 2;

export interface ListenerOptions {
  readonly url: string;
  readonly log: Logger;
  /** How often the connection is asked whether it lives. Default 5 s. */
  readonly heartbeatMs?: number;
  /** How long that answer may take. Default 5 s. */
  readonly heartbeatTimeoutMs?: number;
  /**
   * Notifies on a channel by another connection, as everybody does who has news. With it each heartbeat is a proof: a pooler
   * that gives sessions to transactions lets LISTEN through and no notification back.
   */
  readonly notify?: (channel: string, payload: string) => Promise<unknown>;
  /** The password, where the URL has none. */
  readonly readPassword?: ReadPassword | null;
}

/** The one LISTEN connection of this process. */
export interface Listener {
  /** Connects, or goes on trying in the background: a listener is only quicker than looking. */
  start(): Promise<void>;
  /**
   * Calls back with the payload of each notification on the channel, and with null after every new connection: some may
   * have been missed, look again. Answers with the way to end it, which may be called twice.
   */
  subscribe(channel: Channel, onNotify: (payload: string | null) => void): () => void;
  /** How many subscriptions there are. */
  readonly subscribers: number;
  /** The process id of the server's end of the connection; null while there is none. */
  readonly backendPid: number | null;
  /** False: it is connected, and what is notified does not arrive. Null while nothing is known. */
  readonly hears: boolean | null;
  stop(): Promise<void>;
}

/** `end()` waits for the server's goodbye, which a dead connection never sends. */
const GOODBYE_MS = 500;
const RECONNECT = { firstMs: 50, maxMs: 5000 };

export function createListener(options: ListenerOptions): Listener {
  const { url, log, heartbeatMs = 5000, heartbeatTimeoutMs = 5000, notify = null, readPassword = null } = options;
  const handlers = new Map<string, Set<(payload: string | null) => void>>();
  /** What the connection that is there listens to. */
  const listening = new Set<string>();
  let state: 'idle' | 'running' | 'stopped' = 'idle';
  let client: pg.Client | null = null;
  let pid: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let failures = 0;
  let unheard = 0;
  let hears: boolean | null = null;
  let expected: { readonly payload: string; readonly arrived: () => void } | null = null;

  function tell(channel: string, payload: string | null): void {
    for (const handler of [...(handlers.get(channel) ?? [])]) {
      try {
        handler(payload);
      } catch (error) {
        log.error({ err: error, channel }, 'a listener failed');
      }
    }
  }

  function later(ms: number, work: () => void): void {
    if (timer !== null) clearTimeout(timer);
    timer = state === 'running' ? setTimeout(work, ms) : null;
  }

  /** Also for a connection that only seems to be there: nothing polite is said to it. */
  function lose(lost: pg.Client): void {
    if (client !== lost) return;
    client = null;
    pid = null;
    hears = null;
    unheard = 0;
    listening.clear();
    destroy(lost);
    failures += 1;
    log.warn('the connection for notifications was lost; connecting anew');
    later(Math.min(RECONNECT.maxMs, RECONNECT.firstMs * 2 ** (failures - 1)), () => void connect());
  }

  async function connect(): Promise<void> {
    const applicationName = 'toygres listener';
    const fresh = createSession({ url, applicationName, answerWithinMs: heartbeatTimeoutMs, readPassword });
    client = fresh;
    fresh.on('error', () => lose(fresh));
    fresh.on('end', () => lose(fresh));
    fresh.on('notification', ({ channel, payload }) => {
      if (channel !== PROOF) tell(channel, payload ?? '');
      else if (payload === expected?.payload) expected?.arrived();
    });
    let wanted: readonly string[] = [];
    try {
      await fresh.connect();
      wanted = [...handlers.keys()];
      await fresh.query([...wanted, PROOF].map((channel) => `LISTEN ${channel}`).join('; '));
      const { rows } = await fresh.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      if (client !== fresh) return;
      pid = rows[0]?.pid ?? null;
    } catch {
      lose(fresh);
      return;
    }
    failures = 0;
    later(heartbeatMs, () => void beat(fresh));
    for (const channel of wanted) listening.add(channel);
    for (const channel of handlers.keys()) if (!listening.has(channel)) await listenTo(fresh, channel);
    for (const channel of wanted) tell(channel, null);
  }

  /** Nobody is told of what nobody follows: each notification costs every process that listens to it. */
  async function listenTo(on: pg.Client, channel: string): Promise<void> {
    listening.add(channel);
    try {
      await on.query(`LISTEN ${channel}`);
      if (client === on) tell(channel, null);
    } catch {
      lose(on);
    }
  }

  async function beat(beating: pg.Client): Promise<void> {
    try {
      await beating.query('SELECT 1');
      if (notify !== null) await prove(beating, notify);
      if (client === beating) later(heartbeatMs, () => void beat(beating));
    } catch {
      lose(beating);
    }
  }

  /** Notifies itself. That the other connection could not be used says nothing about this one. */
  async function prove(proving: pg.Client, send: NonNullable<ListenerOptions['notify']>): Promise<void> {
    const payload = randomUUID();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    expected = { payload, arrived: () => resolve(true) };
    const impatience = setTimeout(() => resolve(false), heartbeatTimeoutMs);
    impatience.unref();
    try {
      await send(PROOF, payload);
    } catch {
      clearTimeout(impatience);
      return;
    }
    const arrived = await promise;
    clearTimeout(impatience);
    if (client !== proving) return;
    unheard = arrived ? 0 : unheard + 1;
    if (!arrived && unheard < DEAF_AFTER) return;
    if (!arrived && hears !== false) {
      log.warn(
        'notifications of the database of records do not arrive: does DATABASE_URL lead to a pooler? Set TOYGRES_DIRECT_DATABASE_URL to a way past it',
      );
    }
    hears = arrived;
  }

  return {
    async start() {
      if (state !== 'idle') return;
      state = 'running';
      await connect();
    },
    subscribe(channel, onNotify) {
      const of = handlers.get(channel) ?? new Set();
      // Its own function, so that one handler can subscribe twice and leave once.
      const own = (payload: string | null) => onNotify(payload);
      handlers.set(channel, of.add(own));
      if (client !== null && pid !== null && !listening.has(channel)) void listenTo(client, channel);
      return () => {
        of.delete(own);
      };
    },
    get subscribers() {
      return [...handlers.values()].reduce((sum, each) => sum + each.size, 0);
    },
    get backendPid() {
      return pid;
    },
    get hears() {
      return hears;
    },
    async stop() {
      state = 'stopped';
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const last = client;
      client = null;
      pid = null;
      hears = null;
      if (last === null) return;
      const impatience = setTimeout(() => destroy(last), GOODBYE_MS);
      await last.end().catch(() => undefined);
      clearTimeout(impatience);
    },
  };
}

/** Closes the connection without a word. */
function destroy(client: pg.Client): void {
  const { connection } = client as unknown as { connection?: { stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}
