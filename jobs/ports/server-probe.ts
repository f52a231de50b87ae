import type { Address, ServerSecret } from './platform.ts';

export interface ConnectionFacts {
  readonly serverVersion: string;
  readonly latencyMs: number;
  /** Null for a server that is not PG_DURABLE. */
  readonly durableWorkerRunning: boolean | null;
  /** The size of all databases together; only where `measure` asked for it. */
  readonly databaseBytes?: number;
}

/** Opens a real connection to a server as a client would. */
export interface ServerProbe {
  /**
   * Connects once, asks for the version, disconnects. Throws UNAVAILABLE when nothing answers or the server is starting,
   * STEP_FAILED when it answers but refuses the login, or cannot load its own libraries where `libraries` asked for that.
   */
  connect(
    address: Address,
    login: ServerSecret,
    options: { timeoutMs: number; durable: boolean; measure?: boolean; libraries?: boolean },
  ): Promise<ConnectionFacts>;
}
