import type { Hosting } from '../../schema/rules/hosting-rules.ts';
import type { Exposure, ImageType } from '../../schema/states.ts';
import type { Parameters } from '../servers/parameters.ts';
import type { Started } from '../servers/started.ts';

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

export type PlatformJobKind = 'backup' | 'restore' | 'verify' | 'preflight';

export interface JobRef {
  /** The id of the job's record. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
}

/** A program of the runner to run beside the data, to the end, at most `attempts` times. */
export interface JobSpec extends JobRef {
  readonly kind: PlatformJobKind;
  /** The runner's program for it, where the kind has more than one; left out: the one of its kind. */
  readonly program?: string;
  readonly operationId: string;
  readonly instanceId: string | null;
  readonly imageId: string | null;
  /** The volume it is given (restore), or null when it works over the network (backup). */
  readonly volume: ServerRef | null;
  /** Of the server whose volume that is: the job runs where the server is to. Left out: as the installation has it. */
  readonly hosting?: Hosting;
  readonly imageType: ImageType;
  readonly postgresVersion: string;
  /** Environment of the script; never a secret. */
  readonly parameters: Readonly<Record<string, string>>;
  /** One file each, mode 0600, in the directory that the script finds in TOYGRES_SECRETS_DIR. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Bytes of scratch space it will need: a place without them is none for it. */
  readonly scratchBytes: number;
  /** What it may take where there is more; as much as it needs when absent. A platform that holds it to that tells it so. */
  readonly scratchAtMostBytes?: number;
  /** The whole job, over all attempts, is ended as failed after this. */
  readonly deadlineSeconds: number;
  readonly attempts: number;
}

/** What a script reported last with a control line (see templates/scripts/README.md). */
export interface JobReport {
  /** The phase of the script's work, `'dump'`, `'upload'`; phases only go forward within an attempt. */
  readonly phase: string;
  readonly bytesDone: number | null;
  readonly bytesTotal: number | null;
  /** 0 to 100 within the phase, where bytes do not tell. */
  readonly percent: number | null;
  readonly message: string | null;
}

/**
 * INTERRUPTED: ended by the platform's own orderly shutdown, to be started again with `ensureJob`; no failure.
 * ABSENT: the platform does not know it (never started, or removed behind our back).
 */
export type PlatformJobState = 'ABSENT' | 'PENDING' | 'RUNNING' | 'INTERRUPTED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export interface JobStatus {
  readonly state: PlatformJobState;
  /** Attempts begun. */
  readonly attempts: number;
  /** Of the last attempt that ended; 128 + n when signal n ended it. */
  readonly exitCode: number | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly report: JobReport | null;
  /** When the script last reported something new: what a stall watchdog looks at. */
  readonly reportedAt: Date | null;
  /** The JSON object of the script's result line, present when it SUCCEEDED. */
  readonly result: Readonly<Record<string, unknown>> | null;
  /** Why it has not begun yet, where the platform can tell: no room, a quota, an image. Left out: nothing is known. */
  readonly waitsFor?: string | null;
  /** The real cause when FAILED: the script's own error line, or what the platform says. */
  readonly failure: string | null;
}

export interface PlatformLogLine {
  /** Counts from 1 over all attempts of a job; within one reading for a server. */
  readonly line: number;
  readonly attempt: number;
  readonly at: Date | null;
  readonly text: string;
}

export interface FollowJobLogs {
  /** Only lines after this one. 0: from the first. */
  readonly afterLine: number;
  /** True: wait for more until the job has ended. False: end with what is there. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export interface FollowServerLogs {
  readonly tailLines: number | null;
  readonly since: Date | null;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

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
