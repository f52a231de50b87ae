import type { Hosting } from '../../../schema/rules/hosting-rules.ts';
import type { FollowJobLogs, JobRef, JobSpec, JobStatus, PlatformLogLine } from './jobs.ts';
import type {
  FollowServerLogs,
  OwnerConnection,
  PostgresOffer,
  ServerRef,
  ServerSecret,
  ServerSpec,
  ServerStatus,
  VolumeGrowth,
} from './servers.ts';

/** Something that the platform holds and that carries our mark. */
export interface PlatformObject {
  readonly kind: 'server' | 'volume' | 'secret' | 'configuration' | 'job';
  readonly namespace: string;
  readonly name: string;
  /** The instance or job record it says it belongs to. */
  readonly ownerId: string | null;
  /** Of a server: it is asked to run, whether it does or not. Left out where that cannot be told apart. */
  readonly isAsked?: boolean;
  /** Of a secret or a server: it is gone, and only what goes with it is left. That is removed as it would be. */
  readonly isRemnant?: boolean;
  /** Of a volume: somebody has asked for its end, and what runs on it is all that keeps it. */
  readonly isGoing?: boolean;
  /** What is not as it would be made now, in words; a start puts it right. */
  readonly outdated?: string;
}

/** How a configured namespace is. */
export interface NamespaceStatus {
  readonly name: string;
  readonly failure: string | null;
}

/**
 * Where servers and jobs run: this machine, or Kubernetes.
 *
 * Every verb may be called again, late, or by another process: `ensure*` creates or completes and never replaces,
 * `remove*` of what is absent succeeds and resolves only when it is gone, `read*` has no effect.
 * All throw AppError: UNAVAILABLE when the platform does not answer or something is still going away (trying again can
 * help), INVALID_INPUT when it cannot do what is asked, STEP_FAILED with the real cause otherwise.
 */
export interface Platform {
  readonly kind: 'local' | 'kubernetes';
  /** Names what the records belong to: `local:<home id>`, `kubernetes:<cluster>/<namespace>`. */
  readonly id: string;
  /** The namespaces that an input may name, the default first. */
  readonly namespaces: readonly string[];

  /** What can be made here, newest version first. */
  readOffers(): Promise<readonly PostgresOffer[]>;
  /** What is free where volumes are made of one disk; null where that cannot be said. */
  readFreeBytes(): Promise<number | null>;

  /** Whether a PUBLIC server is told by a name that its DNS label makes; else by its address alone. */
  readonly givesPublicNames: boolean;
  /** Whether servers are hosted as they are asked to be; else `hosting` and `storageClass` have no effect. */
  readonly hostsAsAsked: boolean;
  /**
   * Throws INVALID_INPUT, naming what there is, for what cannot be had here, or what no input may ask for. What cannot be
   * looked up, for want of a right, passes: then the start of the server says it.
   */
  checkHosting(hosting: Hosting, storageClass: string | null): Promise<void>;

  ensureVolume(spec: ServerSpec): Promise<void>;
  /**
   * Asks that the volume hold at least so much; it never shrinks. Returns when that was begun, and `readVolumeGrowth` tells
   * when it is so. Throws STEP_FAILED when there is no room, or the volume's class does not let it grow.
   */
  ensureVolumeSize(ref: ServerRef, storageGib: number): Promise<void>;
  readVolumeGrowth(ref: ServerRef, storageGib: number): Promise<VolumeGrowth>;
  /** Afterwards it holds this login, whatever it held before, and asks for none (`ensureLogin`). */
  ensureSecret(ref: ServerSpec, secret: ServerSecret): Promise<void>;
  ensureConfiguration(spec: ServerSpec): Promise<void>;
  /**
   * Brings the server to life on its volume, making the cluster first when the volume is empty, or adopts the one that
   * runs. One that was asked for and does not come up is made anew where it would be made otherwise now. Returns when that
   * was begun; `readServer` tells when it is READY. Throws UNAVAILABLE while an earlier server is still shutting down,
   * STEP_FAILED when its volume is gone.
   */
  ensureServer(spec: ServerSpec): Promise<void>;
  readServer(ref: ServerRef): Promise<ServerStatus>;
  /**
   * Asks for a fast shutdown and, after a grace time, a harder one. Resolves when no process is left. Throws STEP_FAILED where
   * the data is kept only for as long as the server runs, unless it is `forGood`: then the data is to go.
   */
  stopServer(ref: ServerRef, options?: { readonly forGood?: boolean }): Promise<void>;
  /**
   * Has the running server take this password for a role that it has, by a way that asks for none: whatever it takes now.
   * Connections stay. Returns when that was asked for; a login tells, at once or within minutes, and until `ensureSecret` it
   * stays asked for. Throws UNAVAILABLE while the server does not run, STEP_FAILED where it does not let us in.
   */
  ensureLogin(spec: ServerSpec, login: ServerSecret): Promise<void>;
  removeServer(ref: ServerRef): Promise<void>;
  /** Whether programs on the platform can find how to connect; else the two verbs have no effect. */
  readonly tellsConnections: boolean;
  /** Afterwards they find this. CONFLICT where its place is somebody else's. */
  ensureConnection(spec: ServerSpec, connection: OwnerConnection): Promise<void>;
  removeConnection(ref: ServerRef): Promise<void>;
  removeConfiguration(ref: ServerRef): Promise<void>;
  removeSecret(ref: ServerRef): Promise<void>;
  /** Removes the data. Refuses with CONFLICT while a server runs on it. */
  removeVolume(ref: ServerRef): Promise<void>;

  /**
   * Starts the job, adopts the one that runs or has ended under this id, or begins a new attempt of an INTERRUPTED one. One that
   * still waits for its turn begins with the secrets of this spec. Two callers at once start it once.
   */
  ensureJob(spec: JobSpec): Promise<JobRef>;
  readJob(ref: JobRef): Promise<JobStatus>;
  /**
   * Resolves when it is worth asking whether the job has ended, and when the signal is aborted. A hint, which may come late or
   * never; it never throws.
   */
  awaitJobEnd(ref: JobRef, signal: AbortSignal): Promise<void>;
  /** Ends every process of the job and resolves when none is left; what has ended already stays as it ended. */
  cancelJob(ref: JobRef): Promise<void>;
  /** Cancels it if it runs, then forgets it with its logs and scratch space. */
  removeJob(ref: JobRef): Promise<void>;

  /** What the job's script printed, control lines left out. Ends when `follow` is false or the job has ended. */
  followJobLogs(ref: JobRef, options: FollowJobLogs): AsyncIterable<PlatformLogLine>;
  /** The server's own log, over restarts. Ends when `follow` is false or the server was removed. */
  followServerLogs(ref: ServerRef, options: FollowServerLogs): AsyncIterable<PlatformLogLine>;

  /** Each configured namespace, and why nothing can be done in it; null where it can. */
  readNamespaces(): Promise<readonly NamespaceStatus[]>;
  /** All that carries our mark in these namespaces, or in all, for comparing with the records. */
  listObjects(namespaces?: readonly string[]): Promise<readonly PlatformObject[]>;
}
