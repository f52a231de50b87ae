import type { FindingFacts } from '../../schema/rules/finding-rules.ts';
import type { Hosting } from '../../schema/rules/hosting-rules.ts';
import type {
  BackgroundWork,
  DurableFunctions,
  Exposure,
  HealthStatus,
  ImageMethod,
  ImageState,
  ImageType,
  InstanceState,
  Loss,
} from '../../schema/states.ts';
import type { Parameters } from '../servers/parameters.ts';
import type { Started } from '../servers/started.ts';
import type { Finding } from './job-protocol.ts';
import type { ManifestFile } from './manifest.ts';
import type { JobRef, JobStatus, PlatformJobKind } from './platform/jobs.ts';
import type { ServerStatus } from './platform/servers.ts';
import type { ClusterSettings, DurableState, ManifestDatabase, ManifestExtension } from './source-facts.ts';
import type { Transaction } from './transaction.ts';

/** What went wrong, as users read it. */
export interface FailureRecord {
  readonly code: string;
  readonly message: string;
  readonly step: string | null;
}

export type ServerEndpoint = NonNullable<ServerStatus['endpoint']>;

export interface InstanceRecord {
  readonly id: string;
  readonly name: string;
  readonly resourceName: string;
  readonly namespace: string;
  readonly platform: string;
  readonly imageType: ImageType;
  readonly postgresVersion: string;
  readonly storageGib: number;
  readonly exposure: Exposure;
  readonly dnsLabel: string | null;
  readonly state: InstanceState;
  readonly health: HealthStatus;
  readonly deletionProtection: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** PostgreSQL's parameters that its next start gives it, and those that the server that runs was started with. */
  readonly parameters: Parameters;
  readonly startedParameters: Parameters;
  /** How its next start is to be hosted, and how the server that runs is. */
  readonly hosting: Hosting;
  readonly startedHosting: Hosting;
  /** Of its volume; null: as the installation has it. */
  readonly storageClass: string | null;
  /** Whether programs on its platform find how to connect. */
  readonly connectionSecret: boolean;
  readonly endpoint: ServerEndpoint | null;
  readonly sourceImageId: string | null;
  /** What becomes of the durable functions of the image; null where there is no image. */
  readonly durableFunctions: DurableFunctions | null;
  readonly allowExtensionUpgrade: boolean;
  /** What its restore may lose, what it holds, and which databases it takes along; null without an image. */
  readonly acceptLoss: Loss | null;
  readonly backgroundWork: BackgroundWork | null;
  readonly databases: readonly string[] | null;
  /** What its restore could not bring back as it was. */
  readonly findings: readonly FindingFacts[];
  readonly failure: FailureRecord | null;
  /** Grows with every change of the row. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ImageRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly state: ImageState;
  readonly method: ImageMethod;
  readonly imageType: ImageType;
  readonly postgresVersion: string;
  readonly sourceInstanceId: string;
  readonly sourceInstanceName: string;
  readonly databases: readonly ManifestDatabase[];
  readonly extensions: readonly ManifestExtension[];
  readonly durable: DurableState | null;
  readonly notices: readonly string[];
  readonly findings: readonly Finding[];
  /** How much a restore of it may lose for it to be taken all the same. */
  readonly acceptLoss: Loss;
  readonly sizeBytes: number | null;
  readonly databaseBytes: number | null;
  readonly sourceStorageGib: number;
  /** Whether its files are encrypted. */
  readonly encrypted: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly verifiedAt: Date | null;
  /** The moment that its data is of. */
  readonly takenAt: Date | null;
  readonly protected: boolean;
  readonly expiresAt: Date | null;
  /** The schedule that took it; null for one taken by hand. The schedule may be gone. */
  readonly scheduleId: string | null;
  readonly failure: FailureRecord | null;
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the verification of an image found, to be recorded when it becomes AVAILABLE. */
export interface ImageFacts {
  readonly databases: readonly ManifestDatabase[];
  readonly files: readonly ManifestFile[];
  readonly sizeBytes: number;
  readonly databaseBytes: number;
  readonly cluster: ClusterSettings;
  readonly extensions: readonly ManifestExtension[];
  readonly durable: DurableState | null;
  /** What it could not carry, in words. */
  readonly notices: readonly string[];
  /** What a restore will not bring back as it was. */
  readonly findings: readonly Finding[];
  readonly verifiedAt: Date;
  /** The moment that its data is of, or one shortly before. */
  readonly takenAt: Date;
}

/**
 * The instances as workflows need them. Reads throw NOT_FOUND for an unknown id. Writes take the transaction of the step
 * that makes them true, and succeed when the row says so already.
 */
export interface InstanceRecords {
  read(id: string): Promise<InstanceRecord>;
  /** The superuser's password in the clear: hand it on, never return it from a step. */
  readPassword(id: string): Promise<string>;
  /** The same of the owner's login; null where the server has none. */
  readOwnerPassword(id: string): Promise<string | null>;
  /**
   * RUNNING with this endpoint, with what its server was started with, as far as that is known, and with what a restore
   * found; clears an earlier failure.
   */
  markRunning(
    tx: Transaction,
    id: string,
    endpoint: ServerEndpoint & Started,
    findings?: readonly FindingFacts[],
  ): Promise<void>;
  /** The password that it is to have, while it is being given another; else null. Hand it on, as the other. */
  readNextPassword(id: string): Promise<string | null>;
  /** Makes that one the recorded one. No effect without one. */
  takeNextPassword(tx: Transaction, id: string): Promise<void>;
  /** The same for the owner's login. */
  takeNextOwnerPassword(tx: Transaction, id: string): Promise<void>;
  /** Forgets it. */
  forgetNextPassword(tx: Transaction, id: string): Promise<void>;
  /** STOPPED without endpoint; clears an earlier failure. */
  markStopped(tx: Transaction, id: string): Promise<void>;
  /** Ends a creation that never completed: FAILED, and the name and DNS label are free. */
  markFailed(tx: Transaction, id: string, failure: FailureRecord): Promise<void>;
  /** DELETING: from here on its data goes. CONFLICT when it was protected from deletion meanwhile. */
  markDeleting(tx: Transaction, id: string): Promise<void>;
  /** DELETED, and the name and DNS label are free; the password is forgotten. */
  markDeleted(tx: Transaction, id: string): Promise<void>;
  /** Records what the volume holds now; a smaller size than is recorded has no effect. */
  markGrown(tx: Transaction, id: string, storageGib: number): Promise<void>;
  /** Records what went wrong and leaves the state as it is. */
  setFailure(tx: Transaction, id: string, failure: FailureRecord): Promise<void>;
  /** Takes a FAILED creation up again: CREATING; CONFLICT when name or DNS label are taken meanwhile. */
  reopenCreation(tx: Transaction, id: string): Promise<void>;
}

/** A secret at rest, with the id of the key that opens it. */
interface EncryptedSecret {
  readonly value: string;
  readonly keyId: string;
}

export interface EncryptedSecrets {
  readonly superuser: EncryptedSecret;
  /** Null where the source has no such login. */
  readonly owner: EncryptedSecret | null;
  /** Null where the files are not encrypted. */
  readonly fileKey: EncryptedSecret | null;
}

/** The images as workflows need them; the same promises as InstanceRecords. */
export interface ImageRecords {
  read(id: string): Promise<ImageRecord>;
  /** The source's passwords and the key of the files, encrypted for the manifest of this image. */
  readEncryptedSecrets(id: string): Promise<EncryptedSecrets>;
  /** The identity that the files are encrypted for, in the clear: hand it on, never return it from a step. Null: they are not. */
  readFileKey(id: string): Promise<string | null>;
  /** What a small file of this image holds, from the bytes in the store. STEP_FAILED when it cannot be decrypted. */
  openFile(id: string, stored: Uint8Array): Promise<Uint8Array>;
  markAvailable(tx: Transaction, id: string, facts: ImageFacts): Promise<void>;
  markFailed(tx: Transaction, id: string, failure: FailureRecord): Promise<void>;
  markDeleted(tx: Transaction, id: string): Promise<void>;
  setFailure(tx: Transaction, id: string, failure: FailureRecord): Promise<void>;
  /** Takes back a deletion that removed nothing: AVAILABLE, or FAILED for one that never was whole, with what stood in its way. */
  endDeletion(tx: Transaction, id: string, failure: FailureRecord): Promise<void>;
  /** Begins such a deletion anew: DELETING. CONFLICT when it was protected meanwhile. */
  reopenDeletion(tx: Transaction, id: string): Promise<void>;
  /** Takes a FAILED image up again: CREATING; CONFLICT when its name is taken meanwhile. */
  reopenCreation(tx: Transaction, id: string): Promise<void>;
}

/** The jobs that operations run on the platform. */
export interface JobRecords {
  /** Writes the record before the platform is asked, so that no job runs unrecorded. Again: no effect. */
  ensure(job: JobRef & { readonly kind: PlatformJobKind; readonly operationId: string }): Promise<void>;
  /** Takes over what the platform says; an ended record is not changed any more. */
  update(id: string, status: JobStatus): Promise<void>;
  list(operationId: string): Promise<readonly JobRef[]>;
}
