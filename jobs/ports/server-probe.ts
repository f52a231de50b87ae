import type { Address, ServerSecret } from './platform/servers.ts';

export interface ConnectionFacts {
  readonly serverVersion: string;
  readonly latencyMs: number;
  /** Null for a server that is not PG_DURABLE. */
  readonly durableWorkerRunning: boolean | null;
  /** True when settings of the server, or a missing extension, keep it from running at all. */
  readonly durableWorkerIsOff?: boolean;
  /** Why the worker does not run; null when it does. */
  readonly durableWorkerDetail?: string | null;
  /** The size of all databases together; only where `measure` asked for it. */
  readonly databaseBytes?: number;
}

/** Of what an image needs of its source, how much there is. */
export interface SourceOrder {
  readonly connections: number;
  readonly freeConnections: number;
  /** How many the server has room for, and the tables of the database that has most of them: a dump locks each. */
  readonly locks: number;
  readonly tables: number;
  /** Prepared transactions, and sessions that keep a whole table to themselves, for more than five seconds. */
  readonly prepared: number;
  readonly holding: number;
  /** Databases that take no connections. */
  readonly closed: number;
}

/** What is looked at beside the version. */
export interface ProbeOptions {
  readonly timeoutMs: number;
  /** The background worker of pg_durable. */
  readonly durable: boolean;
  readonly measure?: boolean;
  readonly libraries?: boolean;
}

/** Opens real connections to a server as a client would. */
export interface ServerProbe {
  /**
   * Connects once, asks for the version, disconnects. Throws UNAVAILABLE when nothing answers or the server is starting,
   * STEP_FAILED when it answers but refuses the login, or cannot load its own libraries where `libraries` asked for that.
   */
  connect(address: Address, login: ServerSecret, options: ProbeOptions): Promise<ConnectionFacts>;
  /**
   * Makes the password of `to` the one of its role, told to the server as a verifier. No effect where it is already. Logs in
   * as `from`. False when the server takes neither login. Throws the same as `connect` for all else.
   */
  ensurePassword(
    address: Address,
    from: ServerSecret,
    to: ServerSecret,
    options: Pick<ProbeOptions, 'timeoutMs'>,
  ): Promise<boolean>;
  /** Creates the extension pg_durable where it is missing; two at once create it once. Throws the same. */
  ensureDurableExtension(
    address: Address,
    login: ServerSecret,
    options: Pick<ProbeOptions, 'timeoutMs'>,
  ): Promise<void>;
  /**
   * Makes a role that is no superuser, with this name and password, and a database of the same name that it owns. Either
   * that is there already is set to that; two at once make them once. The server is never sent the password itself.
   * Throws the same.
   */
  ensureOwner(
    address: Address,
    login: ServerSecret,
    owner: ServerSecret,
    options: Pick<ProbeOptions, 'timeoutMs'>,
  ): Promise<void>;
  /** What would keep an image waiting, or fail it. Throws the same as `connect`. */
  readOrder(address: Address, login: ServerSecret, options: Pick<ProbeOptions, 'timeoutMs'>): Promise<SourceOrder>;
  /** The authorities that certificates of servers are verified by, PEM. */
  readTrusted(): Promise<string>;
}
