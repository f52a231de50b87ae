import type { Hosting } from '../../../schema/rules/hosting-rules.ts';
import type { Exposure, ImageType } from '../../../schema/states.ts';
import type { Parameters } from '../../servers/parameters.ts';
import type { Started } from '../../servers/started.ts';

/** Names one server and all that belongs to it (volume, secret, configuration) on the platform. */
export interface ServerRef {
  readonly namespace: string;
  /** `<name>-<8 hex>`; the volume, secret and configuration carry it with a suffix. */
  readonly resourceName: string;
}

/** What a server is made of; the same spec again adopts what exists. */
export interface ServerSpec extends ServerRef {
  readonly instanceId: string;
  readonly operationId: string;
  readonly imageType: ImageType;
  /** The major version, `'17'`. */
  readonly postgresVersion: string;
  readonly storageGib: number;
  readonly exposure: Exposure;
  readonly dnsLabel: string | null;
  /** PostgreSQL's parameters that it is started with, over what its own files say. */
  readonly parameters: Parameters;
  readonly hosting: Hosting;
  /** Of its volume; null: as the installation has it. */
  readonly storageClass: string | null;
}

/** The superuser's login, as the server is made with it. */
export interface ServerSecret {
  readonly username: string;
  readonly password: string;
}

/** How programs connect as the owner of a server. */
export interface OwnerConnection extends ServerSecret {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly uri: string;
  /** By which its certificate is verified, PEM; empty where it has none. */
  readonly authorities: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  /**
   * The name that the server's certificate carries: whoever connects talks TLS alone, and verifies it. Left out: the server
   * has no certificate of this installation.
   */
  readonly tls?: string;
}

/**
 * ABSENT: nothing of it is there. STARTING: it exists but takes no connections. READY: it takes connections.
 * STOPPING: asked to stop, still there. STOPPED: its volume is there, no process is. FAILED: it cannot come up by itself.
 */
export type ServerPhase = 'ABSENT' | 'STARTING' | 'READY' | 'STOPPING' | 'STOPPED' | 'FAILED';

/** With the parameters and the hosting of its spec when it was started. */
export interface ServerStatus extends Started {
  readonly phase: ServerPhase;
  /** Where clients reach it; null until the platform has given it an address. */
  readonly endpoint: (Address & { readonly dnsName: string | null }) | null;
  /** Where jobs on the same platform reach it. */
  readonly insideAddress: Address | null;
  /** The operation that had it run last, as far as the platform knows. */
  readonly askedBy?: string | null;
  /** Of a STOPPED one: it is made by another release or with other settings, and the next start makes it anew. */
  readonly isOutdated?: boolean;
  /** Of a STOPPED one: `stopServer` ended it, and nobody else. Left out where that cannot be told. */
  readonly wasStopped?: boolean;
  /** The cause in words when the phase is STARTING or FAILED, or it is READY without endpoint: what it waits for. */
  readonly detail: string | null;
}

/** How far a volume is on its way to a size. */
export interface VolumeGrowth {
  /** GROWN: the server can use that much. FAILED: it does not get there by waiting. */
  readonly state: 'GROWING' | 'GROWN' | 'FAILED';
  /** What it waits for, or why it does not grow, in words. */
  readonly detail: string | null;
}

/** One PostgreSQL that the platform can run. */
export interface PostgresOffer {
  readonly version: string;
  readonly imageTypes: readonly ImageType[];
}

export interface FollowServerLogs {
  readonly tailLines: number | null;
  readonly since: Date | null;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}
