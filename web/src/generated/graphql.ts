/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What did something. */
export type ActorKind =
  /** A schedule, when it was due. */
  | 'SCHEDULE'
  /** Toygres itself. */
  | 'SYSTEM'
  /** A program, by an API token. */
  | 'TOKEN'
  /** A person who signed in. */
  | 'USER';

/** What an alert is about. */
export type AlertKind =
  /** Something differs from the records and is never touched. */
  | 'DRIFT_REPORTED'
  /** The last drill of an instance failed; over when a later one passes. */
  | 'DRILL_FAILED'
  /** The last image of an instance failed; over when a later one is AVAILABLE. */
  | 'IMAGE_FAILED'
  /** An instance has no image as young as a schedule promises. */
  | 'IMAGE_OVERDUE'
  /** A server has been UNHEALTHY for more than a minute. */
  | 'INSTANCE_UNHEALTHY'
  /** An instance could not be made from an image; over when that is retried well or its record deleted. */
  | 'RESTORE_FAILED'
  /** No image is deleted by rules, since the clock is in doubt. */
  | 'RETENTION_STOPPED'
  /** The last run of a schedule could not take all of its images. */
  | 'SCHEDULE_FAILED'
  /** The blob store does not answer. */
  | 'STORE_UNREACHABLE'
  /** A webhook is disabled, since for a day nothing could be delivered. */
  | 'WEBHOOK_FAILING';

/** Which entries; what is left out or empty asks for any. */
export type AuditFilter = {
  /** Any of these actions. */
  action?: Array<string> | null | undefined;
  /** The whole name of the actor. */
  actorName?: string | null | undefined;
  /** Later than this. */
  after?: string | null | undefined;
  /** Earlier than this. */
  before?: string | null | undefined;
  /** Any of these outcomes. */
  outcome?: Array<AuditOutcome> | null | undefined;
  /** What it was done to. */
  target?: string | null | undefined;
};

/** What came of what somebody asked for. */
export type AuditOutcome =
  /** It was done, or begun. */
  | 'ALLOWED'
  /** It was allowed and did not work. */
  | 'FAILED'
  /** It was not allowed, or not possible as things stood. */
  | 'REFUSED';

/** What something was done to. */
export type AuditTargetKind =
  /** An API token. */
  | 'API_TOKEN'
  /** An image. */
  | 'IMAGE'
  /** An instance. */
  | 'INSTANCE'
  /** An operation. */
  | 'OPERATION'
  /** A schedule. */
  | 'SCHEDULE'
  /** A user. */
  | 'USER'
  /** A webhook. */
  | 'WEBHOOK';

/** What becomes in a restored server of work that acts by itself: jobs of pg_cron, subscriptions. */
export type BackgroundWork =
  /** It is there and held, so that nothing is done twice; a finding says how to let it run. */
  | 'HOLD'
  /** It runs as on the source. While its source lives, both do what they do. */
  | 'RUN';

/** Which operation to cancel. */
export type CancelOperationInput = {
  /** The operation to cancel; QUEUED or RUNNING. */
  operationId: string;
};

/** A new token for a program. Never more than the caller may. */
export type CreateApiTokenInput = {
  /** From when on it is refused; a moment to come. Left out: never by time, or with the token that makes it. */
  expiresAt?: string | null | undefined;
  /** What it is for, 1 to 100 characters. */
  name: string;
  /** What it may do; at most the caller's role. */
  role: Role;
  /** Only instances with all of these labels; at most 64. The labels of the caller's own scope are added. Left out: that scope alone. */
  scope?: Array<LabelInput> | null | undefined;
};

/** A new image of a running instance. */
export type CreateImageInput = {
  /** How much a restore may lose for the image to be taken all the same. Left out: OBJECTS: rows that could not come back fail it. */
  acceptLoss?: Loss | null | undefined;
  /** Anything worth knowing about it, at most 1000 characters. Left out: none. */
  description?: string | null | undefined;
  /** Whether its files are encrypted. Left out: as the server is configured, which is not unless it says so. */
  encrypt?: boolean | null | undefined;
  /** From when on retention may delete it; a moment to come. Left out: never by time. */
  expiresAt?: string | null | undefined;
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The instance to take it of; RUNNING. */
  instanceId: string;
  /** At most 64 labels, each key once. Left out: none. */
  labels?: Array<LabelInput> | null | undefined;
  /** How to take it. Left out: as the server is set up to take images, LOGICAL unless it says otherwise. */
  method?: ImageMethod | null | undefined;
  /** At most 63 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use. */
  name: string;
  /** Whether it is kept from being deleted by people and by retention. Left out: false. */
  protected?: boolean | null | undefined;
};

/** A new instance: an empty server, or with sourceImageId one restored from an image. */
export type CreateInstanceInput = {
  /** Only with sourceImageId: how much may be missing without the restore failing. Left out: OBJECTS. */
  acceptLoss?: Loss | null | undefined;
  /** Only with sourceImageId: whether a server with another version of pg_durable than the source had may be used; the extension is upgraded then. Left out: false, and such a restore is refused. */
  allowExtensionUpgrade?: boolean | null | undefined;
  /** Only with sourceImageId: what becomes of jobs of pg_cron, subscriptions and the like. Left out: HOLD while the source instance exists, RUN when it is gone; a notice says which. */
  backgroundWork?: BackgroundWork | null | undefined;
  /** Whether a Secret in its namespace on Kubernetes tells programs how to connect as its owner: see Instance.connectionSecret. Left out: false. */
  connectionSecret?: boolean | null | undefined;
  /** Only with a LOGICAL sourceImageId: restore these databases alone, with all roles; postgres and template1 are there in any case, empty where they are not named. Left out: all of them. */
  databases?: Array<string> | null | undefined;
  /** Whether deleting it is refused at first. Left out: false. */
  deletionProtection?: boolean | null | undefined;
  /** Label of the public DNS name, 3 to 63 lower-case letters, digits and "-"; only with PUBLIC. Left out: no name. */
  dnsLabel?: string | null | undefined;
  /** Only with sourceImageId: what becomes of durable functions that had not ended. Left out: CANCEL while the source instance exists, RESUME when it is gone; a notice says which. */
  durableFunctions?: DurableFunctions | null | undefined;
  /** From where it can be reached. Left out: INTERNAL. */
  exposure?: Exposure | null | undefined;
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** What the server is to run. Left out: STOCK; on a restore the image has it. */
  imageType?: ImageType | null | undefined;
  /** At most 64 labels, each key once. Left out: none. */
  labels?: Array<LabelInput> | null | undefined;
  /** At most 40 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use. */
  name: string;
  /** One of the configured namespaces. Left out: the first of them. */
  namespace?: string | null | undefined;
  /** Labels that the node of its server must carry, besides those of the installation. Left out: none, and on a restore its source's. */
  nodeSelector?: Array<LabelInput> | null | undefined;
  /** Parameters of PostgreSQL that its server is started with, at most 64, each once. An image carries none of them. Left out: none. */
  parameters?: Array<ParameterInput> | null | undefined;
  /** Password of the superuser, 12 to 128 characters. Left out: one is generated. On a restore the source's is used, and a notice says so. */
  password?: string | null | undefined;
  /** Major version of PostgreSQL, "15" to "18". Left out: the newest there is, and on a restore that of the image. A LOGICAL image can be restored to a newer one too. */
  postgresVersion?: string | null | undefined;
  /** The PriorityClass of its server, one of those that the installation lets inputs name. Left out: the installation's, and on a restore its source's. */
  priorityClass?: string | null | undefined;
  /** What its server on Kubernetes is given. Left out: as the installation gives it, and on a restore as its source has it. */
  resources?: ResourcesInput | null | undefined;
  /** An AVAILABLE image whose data, roles and settings it starts with. Left out: it starts empty. */
  sourceImageId?: string | null | undefined;
  /** The StorageClass of its volume on Kubernetes; it never changes. INVALID_INPUT names those there are. Left out: the installation's, and on a restore its source's. */
  storageClass?: string | null | undefined;
  /** Size of the volume in GiB, 1 to 16384. Left out: 10. On a restore raised to the source's size, with a notice. */
  storageGib?: number | null | undefined;
  /** Taints of nodes that are to be no hindrance, of those that the installation lets inputs name. Left out: none, and on a restore its source's. */
  tolerations?: Array<TolerationInput> | null | undefined;
};

/** A new schedule: of all instances with some labels, or of one. */
export type CreateScheduleInput = {
  /** How many images are under way at once, 1 to 100. Left out: 4. */
  concurrency?: number | null | undefined;
  /** Five fields: minute, hour, day of the month, month, day of the week. "0 3 * * *" is every day at 3. */
  cron: string;
  /** Every n-th image of an instance is proven by a drill, 1 to 1000. Null: none. Left out: none. */
  drillEvery?: number | null | undefined;
  /** Whether anything is due. Left out: true. */
  enabled?: boolean | null | undefined;
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The one instance to take images of. Left out: those of the selector. */
  instanceId?: string | null | undefined;
  /** How to take them. Left out: as the server is set up to take images, LOGICAL unless it says otherwise. */
  method?: ImageMethod | null | undefined;
  /** At most 63 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use. */
  name: string;
  /** Which of its images stay. */
  retention: RetentionInput;
  /** Labels that an instance must carry; an empty list takes every instance. Looked up at each run. Left out: instanceId has to be given. */
  selector?: Array<LabelInput> | null | undefined;
  /** A name of the IANA database, "Europe/Berlin". Left out: UTC. */
  timeZone?: string | null | undefined;
};

/** A new user. */
export type CreateUserInput = {
  /** 12 to 128 characters, no control characters. Left out: one is made, and shown once. */
  password?: string | null | undefined;
  /** What the user may do. */
  role: Role;
  /** Only instances with all of these labels; at most 64. Left out: what the caller sees. */
  scope?: Array<LabelInput> | null | undefined;
  /** 1 to 63 characters, not in use in any case of its letters. */
  username: string;
};

/** A new webhook. */
export type CreateWebhookInput = {
  /** Whether anything is sent. Left out: true. */
  enabled?: boolean | null | undefined;
  /** What it is told of; at least one. */
  events: Array<WebhookEvent>;
  /** At most 63 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use. */
  name: string;
  /** https, or http; no user or password in it. Loopback, private and link-local addresses are refused unless the server is configured to allow them. */
  url: string;
};

/** Which image to delete, with its files. */
export type DeleteImageInput = {
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The image to delete; not protected. */
  imageId: string;
};

/** Which instance to delete, with its data. Its images stay. */
export type DeleteInstanceInput = {
  /** Name of an image that is taken first; the instance must be RUNNING. Nothing is deleted unless that image is AVAILABLE. Left out: none is taken. */
  finalImage?: string | null | undefined;
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The instance to delete; its deletionProtection must be off. */
  instanceId: string;
};

/** Which schedule to delete. Its images stay, and nothing deletes them by itself any more. */
export type DeleteScheduleInput = {
  /** The schedule to delete. */
  scheduleId: string;
};

/** Which user is to be deleted. */
export type DeleteUserInput = {
  /** The user; its sessions end and its tokens are revoked. */
  userId: string;
};

/** Which webhook to delete, with the record of its deliveries. */
export type DeleteWebhookInput = {
  /** The webhook to delete. */
  webhookId: string;
};

/** What differs from the records. */
export type DriftKind =
  /** The configuration of a server. */
  | 'CONFIGURATION'
  /** The files of an image in the blob store. */
  | 'IMAGE'
  /** A backup, restore, verify or preflight job. */
  | 'JOB'
  /** The secret of a server. */
  | 'SECRET'
  /** A server of the platform. */
  | 'SERVER'
  /** The volume of a server, with its data. */
  | 'VOLUME';

/** What becomes of a difference. */
export type DriftState =
  /** Provably left over from ours; it is removed after the grace time unless a record claims it. */
  | 'PENDING'
  /** It was left over, and it was removed. */
  | 'REMOVED'
  /** For people to look at; it is never touched. */
  | 'REPORTED'
  /** It is not there any more, or agrees with the records again. */
  | 'RESOLVED';

/** How a drill stands. */
export type DrillState =
  /** It was stopped by somebody, and says nothing about the image. */
  | 'CANCELLED'
  /** The image did not come back, or not as it says; failure and findings say why. */
  | 'FAILED'
  /** The image came back, with nothing missing that it had not told of itself. */
  | 'PASSED'
  /** It was asked for, and is not over. */
  | 'RUNNING';

/** What becomes in a restored server of durable functions that had not ended when the image was taken. */
export type DurableFunctions =
  /** They are cancelled before the server starts; no step of them runs. */
  | 'CANCEL'
  /** They go on. While their source lives, both do what they do: payments, mails, calls. */
  | 'RESUME';

/** INTERNAL: reachable where the platform runs. PUBLIC: through a load balancer, with a DNS label where the cloud has them. */
export type Exposure =
  /** Only from where the platform runs. */
  | 'INTERNAL'
  /** From outside, through a load balancer. */
  | 'PUBLIC';

/** What the last health check found; UNKNOWN before the first, and while the instance is not RUNNING. */
export type HealthStatus =
  /** The last check found nothing wrong. */
  | 'HEALTHY'
  /** The last check found something wrong. */
  | 'UNHEALTHY'
  /** Not checked yet, or not meant to run. */
  | 'UNKNOWN';

/** Narrows a list of images; what is left out does not narrow. */
export type ImageFilter = {
  /** Only those that were asked for after this moment. */
  createdAfter?: string | null | undefined;
  /** Only those that were asked for before this moment. */
  createdBefore?: string | null | undefined;
  /** Only those that carry all of these labels. */
  labels?: Array<LabelInput> | null | undefined;
  /** Only those taken in one of these ways. */
  method?: Array<ImageMethod> | null | undefined;
  /** Only those whose name holds this text; at most 100 characters, taken literally. */
  nameContains?: string | null | undefined;
  /** Only those whose name begins with this text; at most 100 characters, taken literally. */
  nameStartsWith?: string | null | undefined;
  /** Only those that this schedule took. */
  scheduleId?: string | null | undefined;
  /** Only those taken of this instance. */
  sourceInstanceId?: string | null | undefined;
  /** Only those in one of these states. Left out: all but DELETED. */
  state?: Array<ImageState> | null | undefined;
};

/** LOGICAL: every database by pg_dump, with roles and settings. PHYSICAL: the cluster by pg_basebackup. */
export type ImageMethod =
  /** Every database by pg_dump, with roles and settings; each consistent in itself. */
  | 'LOGICAL'
  /** The whole cluster by pg_basebackup, consistent throughout. */
  | 'PHYSICAL';

/** AVAILABLE only after everything that a restore needs was verified in the blob store. */
export type ImageState =
  /** Whole, verified, and ready to be restored. */
  | 'AVAILABLE'
  /** It is being taken. */
  | 'CREATING'
  /** Its files are gone; only this record is left. */
  | 'DELETED'
  /** Its files are being removed. */
  | 'DELETING'
  /** It could not be taken and nothing of it is stored. */
  | 'FAILED';

/** What the server runs; a restore keeps it. */
export type ImageType =
  /** PostgreSQL with the pg_durable extension and its worker. */
  | 'PG_DURABLE'
  /** PostgreSQL as its makers ship it. */
  | 'STOCK';

/** Narrows a list of instances; what is left out does not narrow. */
export type InstanceFilter = {
  /** Only those that were asked for after this moment. */
  createdAfter?: string | null | undefined;
  /** Only those that were asked for before this moment. */
  createdBefore?: string | null | undefined;
  /** Only those that carry all of these labels. */
  labels?: Array<LabelInput> | null | undefined;
  /** Only those whose name holds this text; at most 100 characters, taken literally. */
  nameContains?: string | null | undefined;
  /** Only those whose name begins with this text; at most 100 characters, taken literally. */
  nameStartsWith?: string | null | undefined;
  /** Only those that could be brought back so well, as the records have it now. */
  readiness?: Array<ReadinessStatus> | null | undefined;
  /** Only those in one of these states. Left out: all but DELETED. */
  state?: Array<InstanceState> | null | undefined;
};

/** Where an instance is in its life. FAILED: creation never completed and its objects are removed. */
export type InstanceState =
  /** Its objects are being made; no connection is taken yet. */
  | 'CREATING'
  /** Gone with its data; only this record is left. */
  | 'DELETED'
  /** It is being removed with its data; a failed deletion stays here and can be asked for again. */
  | 'DELETING'
  /** It never came to life and what was made of it is removed. */
  | 'FAILED'
  /** The server is up and took a connection. */
  | 'RUNNING'
  /** The server is down, its data is kept. */
  | 'STOPPED';

/** The state of a backup or restore job over all its attempts. */
export type JobState =
  /** It was stopped before its end. */
  | 'CANCELLED'
  /** No attempt ended well, and there is no further one. */
  | 'FAILED'
  /** Recorded, not running yet. */
  | 'PENDING'
  /** An attempt runs. */
  | 'RUNNING'
  /** Its last attempt ended well. */
  | 'SUCCEEDED';

/** A label to set or to search for; both parts in the form of Kubernetes labels. */
export type LabelInput = {
  /** At most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends; a DNS domain and "/" may stand before it. */
  key: string;
  /** Empty, or at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends. */
  value: string;
};

/** Which login of an instance. */
export type Login =
  /** The role `app`, which owns the database `app` and is no superuser. For people and programs. */
  | 'OWNER'
  /** The one that may do everything on the server. For administrators. */
  | 'SUPERUSER';

/** Who wants to sign in. */
export type LoginInput = {
  /** As it is. */
  password: string;
  /** In any case of its letters. */
  username: string;
};

/** How much may be lost without the operation failing. */
export type Loss =
  /** Nothing: only findings of severity INFO are accepted. */
  | 'NOTHING'
  /** Objects that are missing, empty or not enforced, with all rows: WARNING is accepted too. */
  | 'OBJECTS'
  /** Rows as well: CRITICAL is accepted too. */
  | 'ROWS';

/** Narrows a list of operations; what is left out does not narrow. */
export type OperationFilter = {
  /** Only those that were asked for after this moment. */
  createdAfter?: string | null | undefined;
  /** Only those that were asked for before this moment. */
  createdBefore?: string | null | undefined;
  /** Only those on this image. */
  imageId?: string | null | undefined;
  /** Only those on this instance. */
  instanceId?: string | null | undefined;
  /** Only those of one of these kinds. */
  kind?: Array<OperationKind> | null | undefined;
  /** Only those in one of these states. */
  state?: Array<OperationState> | null | undefined;
};

/** What an operation does to its instance or image. */
export type OperationKind =
  /** Takes an image of an instance. */
  | 'CREATE_IMAGE'
  /** Makes an instance, empty or from an image. */
  | 'CREATE_INSTANCE'
  /** Removes the files of an image. */
  | 'DELETE_IMAGE'
  /** Removes an instance with its data. */
  | 'DELETE_INSTANCE'
  /** Tries from where jobs run all that they depend on; works on no instance and no image. */
  | 'PREFLIGHT'
  /** Shuts the server down and brings it back. */
  | 'RESTART_INSTANCE'
  /** Gives the superuser another password. */
  | 'ROTATE_CREDENTIALS'
  /** Brings a stopped server back. */
  | 'START_INSTANCE'
  /** Shuts the server down and keeps the data. */
  | 'STOP_INSTANCE'
  /** Changes what the platform holds of an instance, such as the size of its volume. */
  | 'UPDATE_INSTANCE'
  /** Restores an image into a server that is thrown away, and compares. */
  | 'VERIFY_IMAGE';

/** SUCCEEDED, FAILED and CANCELLED are final; only retryOperation moves a FAILED one back to QUEUED. */
export type OperationState =
  /** Somebody stopped it; what it made was taken back. */
  | 'CANCELLED'
  /** What it did is being taken back, as somebody asked. */
  | 'CANCELLING'
  /** It did not get there; what it made was taken back. */
  | 'FAILED'
  /** It waits for a worker. */
  | 'QUEUED'
  /** A worker has it in hand, or it waits for a job. */
  | 'RUNNING'
  /** All that was asked for is done. */
  | 'SUCCEEDED';

/** A parameter of PostgreSQL to start the server with. */
export type ParameterInput = {
  /** As PostgreSQL calls it, in lower case, such as "work_mem" or "auto_explain.log_min_duration". What Toygres decides itself, what runs commands or loads code, and what can damage data is refused. */
  name: string;
  /** At most 500 characters of one line, without quotes around it: "64MB". */
  value: string;
};

/** How well an instance could be brought back now. */
export type ReadinessStatus =
  /** Its newest image is as young as its schedules promise, and its last drill passed. */
  | 'READY'
  /** An image is overdue. */
  | 'STALE'
  /** It has no image. */
  | 'UNPROTECTED'
  /** It has an image, and no drill of one has passed, or the last one failed. */
  | 'UNPROVEN';

/** What a server on Kubernetes is to be given. Left out: as the installation gives it. */
export type ResourcesInput = {
  /** Thousandths of a processor that it has at most. Left out: as the installation has it, as far as that goes with what was asked for. */
  cpuLimitMillicores?: number | null | undefined;
  /** Thousandths of a processor that are kept for it. Left out: as the installation has it, as far as that goes with what was asked for. */
  cpuRequestMillicores?: number | null | undefined;
  /** MiB of memory that it has at most; with more it is ended and starts again. Left out: as the installation has it, as far as that goes with what was asked for. */
  memoryLimitMib?: number | null | undefined;
  /** MiB of memory that are kept for it. Left out: as the installation has it, as far as that goes with what was asked for. */
  memoryRequestMib?: number | null | undefined;
};

/** Which instance to restart. */
export type RestartInstanceInput = {
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The instance to restart; RUNNING. */
  instanceId: string;
};

/** Which images stay: at least one rule, each a whole number from 1 on. One that is left out wants none. */
export type RetentionInput = {
  /** The newest of each of the last so many days that have one. */
  keepDaily?: number | null | undefined;
  /** All of the last so many days of 24 hours. */
  keepDays?: number | null | undefined;
  /** The newest of each of the last so many hours that have one. */
  keepHourly?: number | null | undefined;
  /** The newest so many. */
  keepLast?: number | null | undefined;
  /** The newest of each of the last so many months that have one. */
  keepMonthly?: number | null | undefined;
  /** The newest of each of the last so many weeks that have one. */
  keepWeekly?: number | null | undefined;
  /** The newest of each of the last so many years that have one. */
  keepYearly?: number | null | undefined;
};

/** Whose images, and by which rules; at least one of scheduleId and instanceId. */
export type RetentionPreviewInput = {
  /** As if it were then. Left out: now. */
  at?: string | null | undefined;
  /** Only images of this instance; it may be DELETED. Left out: of any. */
  instanceId?: string | null | undefined;
  /** Another retention, in UTC without a schedule. Left out: what the schedules of these images have. */
  retention?: RetentionInput | null | undefined;
  /** Only images that this schedule took, by its retention. Left out: of any. */
  scheduleId?: string | null | undefined;
};

/** Which operation to take up again. */
export type RetryOperationInput = {
  /** The operation to retry; FAILED. */
  operationId: string;
};

/** Which token is to be revoked. */
export type RevokeApiTokenInput = {
  /** The token; what it has open ends. */
  apiTokenId: string;
  /** Revokes as well the tokens that it made, and those that they made. Left out: they go on, and a notice tells of them. */
  includeMade?: boolean | null | undefined;
};

/** What a caller may do: read, operate, or administer. */
export type Role =
  /** May do everything: users, the audit log, the superuser's login. */
  | 'ADMIN'
  /** May also change instances, images and schedules, and read logs and the owner's login. */
  | 'OPERATOR'
  /** May read all but credentials, logs and the audit log. */
  | 'VIEWER';

/** The password that a login of an instance is to have; the superuser, or the owner. */
export type RotateCredentialsInput = {
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The instance; RUNNING. */
  instanceId: string;
  /** Whose password. CONFLICT where the server has no login OWNER. Left out: the superuser's. */
  login?: Login | null | undefined;
  /** 12 to 128 characters, no control characters. Left out: one is generated. One that was set by SQL, so that the recorded one no longer logs in: that one becomes the recorded one. */
  password?: string | null | undefined;
};

/** Where to look whether jobs have all that they need. */
export type RunPreflightInput = {
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** Restores of PG_DURABLE servers run in an image of their own, which is tried with PG_DURABLE. Left out: STOCK. */
  imageType?: ImageType | null | undefined;
  /** One of the configured namespaces. Left out: the default one. */
  namespace?: string | null | undefined;
  /** The major version of PostgreSQL whose job image is tried. Left out: the newest that an instance there has, else the newest that the platform offers. */
  postgresVersion?: string | null | undefined;
};

/** Which schedule to run now, beside its own times. */
export type RunScheduleInput = {
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The schedule to run; it may be disabled. */
  scheduleId: string;
};

/** What became of a time at which a schedule was due. */
export type ScheduleRunState =
  /** No image was taken; message says why. */
  | 'FAILED'
  /** Some images were taken; message says which were not. */
  | 'PARTIAL'
  /** Images are being taken. */
  | 'RUNNING'
  /** The one before was under way, or it was missed and a later one made up for it; message says which. */
  | 'SKIPPED'
  /** Every image was taken, and every drill passed. */
  | 'SUCCEEDED';

/** How much it matters. */
export type Severity =
  /** Data is missing or at stake. */
  | 'CRITICAL'
  /** Another form with the same behaviour. */
  | 'INFO'
  /** Something is missing, empty or not enforced, or needs a look. */
  | 'WARNING';

/** Which instance to start. */
export type StartInstanceInput = {
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The instance to start; STOPPED. */
  instanceId: string;
};

/** SKIPPED: the way that the run took did not need it. */
export type StepState =
  /** It failed or was interrupted. */
  | 'FAILED'
  /** Not begun. */
  | 'PENDING'
  /** Begun and not ended. */
  | 'RUNNING'
  /** Not needed. */
  | 'SKIPPED'
  /** Done; it is not done again in this run. */
  | 'SUCCEEDED';

/** Which instance to stop. */
export type StopInstanceInput = {
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The instance to stop; RUNNING. */
  instanceId: string;
};

/** What a taint of a node of Kubernetes does to what does not tolerate it. */
export type TaintEffect =
  /** Nothing stays there either. */
  | 'NO_EXECUTE'
  /** Nothing new is put there. */
  | 'NO_SCHEDULE'
  /** Something new is put there where nothing else is free. */
  | 'PREFER_NO_SCHEDULE';

/** Which webhook to send a trial message. */
export type TestWebhookInput = {
  /** The webhook to try; it may be disabled. */
  webhookId: string;
};

/** A taint of nodes that is to be no hindrance to a server. */
export type TolerationInput = {
  /** What it does. Left out: whatever that is. */
  effect?: TaintEffect | null | undefined;
  /** The key of the taint, such as "dedicated". */
  key: string;
  /** Its value. Left out: whichever it has. */
  value?: string | null | undefined;
};

/** Changes of an image; what is left out stays as it is. */
export type UpdateImageInput = {
  /** Labels to add, or to give another value; the others stay, also those that somebody else adds. */
  addLabels?: Array<LabelInput> | null | undefined;
  /** At most 1000 characters; null removes it. */
  description?: string | null | undefined;
  /** From when on retention may delete it, a moment to come; null: never by time. */
  expiresAt?: string | null | undefined;
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The image to change. */
  imageId: string;
  /** All its labels from now on; an empty list removes them. Not together with addLabels or removeLabels. */
  labels?: Array<LabelInput> | null | undefined;
  /** Whether deleting it is refused from now on. */
  protected?: boolean | null | undefined;
  /** Keys of labels to remove; the others stay. A key that it has not is no error. */
  removeLabels?: Array<string> | null | undefined;
};

/** Changes of an instance; what is left out stays as it is. */
export type UpdateInstanceInput = {
  /** Labels to add, or to give another value; the others stay, also those that somebody else adds. */
  addLabels?: Array<LabelInput> | null | undefined;
  /** Whether a Secret on Kubernetes tells programs how to connect, from now on. */
  connectionSecret?: boolean | null | undefined;
  /** Whether deleting it is refused from now on. */
  deletionProtection?: boolean | null | undefined;
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The instance to change. */
  instanceId: string;
  /** All its labels from now on; an empty list removes them. Not together with addLabels or removeLabels. */
  labels?: Array<LabelInput> | null | undefined;
  /** All labels that its node must carry from now on, besides those of the installation; null: none. */
  nodeSelector?: Array<LabelInput> | null | undefined;
  /** All its parameters of PostgreSQL from now on; an empty list removes them. They take effect at the next start: pendingRestart tells. CONFLICT while an operation starts or stops it. */
  parameters?: Array<ParameterInput> | null | undefined;
  /** Its PriorityClass from now on; null: the installation's. */
  priorityClass?: string | null | undefined;
  /** Keys of labels to remove; the others stay. A key that it has not is no error. */
  removeLabels?: Array<string> | null | undefined;
  /** All its resources on Kubernetes from now on; null: as the installation gives them. Like the other fields of how it is hosted they take effect at the next start: pendingRestart tells. CONFLICT while an operation starts or stops it. */
  resources?: ResourcesInput | null | undefined;
  /** New size of the volume in GiB, at most 16384; volumes only grow. */
  storageGib?: number | null | undefined;
  /** All taints that are to be no hindrance from now on; null: none. */
  tolerations?: Array<TolerationInput> | null | undefined;
};

/** Changes of a schedule; what is left out stays as it is. A run under way goes on as it began. */
export type UpdateScheduleInput = {
  /** How many images are under way at once, 1 to 100. */
  concurrency?: number | null | undefined;
  /** Five fields: minute, hour, day of the month, month, day of the week. "0 3 * * *" is every day at 3. */
  cron?: string | null | undefined;
  /** Every n-th image of an instance is proven by a drill, 1 to 1000. Null: none. */
  drillEvery?: number | null | undefined;
  /** Whether anything is due from now on. */
  enabled?: boolean | null | undefined;
  /** How to take its images. */
  method?: ImageMethod | null | undefined;
  /** At most 63 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use. */
  name?: string | null | undefined;
  /** All its rules from now on. */
  retention?: RetentionInput | null | undefined;
  /** The schedule to change. */
  scheduleId: string;
  /** Labels that an instance must carry; an empty list takes every instance. Looked up at each run. Not for a schedule of one instance. */
  selector?: Array<LabelInput> | null | undefined;
  /** A name of the IANA database, "Europe/Berlin". */
  timeZone?: string | null | undefined;
};

/** Changes of a user; what is left out stays as it is. */
export type UpdateUserInput = {
  /** False ends all sessions, and refuses sign-ins and tokens. */
  enabled?: boolean | null | undefined;
  /** A new password; ends all sessions of the user. */
  password?: string | null | undefined;
  /** What the user may do from now on. */
  role?: Role | null | undefined;
  /** Only instances with all of these labels; at most 64. Empty: everything that the caller sees. */
  scope?: Array<LabelInput> | null | undefined;
  /** The user to change. */
  userId: string;
};

/** Changes of a webhook; what is left out stays as it is. */
export type UpdateWebhookInput = {
  /** Whether anything is sent from now on. */
  enabled?: boolean | null | undefined;
  /** All that it is told of from now on; at least one. */
  events?: Array<WebhookEvent> | null | undefined;
  /** At most 63 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use. */
  name?: string | null | undefined;
  /** https, or http; no user or password in it. Loopback, private and link-local addresses are refused unless the server is configured to allow them. */
  url?: string | null | undefined;
  /** The webhook to change. */
  webhookId: string;
};

/** Which image to prove restorable. */
export type VerifyImageInput = {
  /** Makes sending again safe: for 7 days the same input with the same key answers with the first outcome and does nothing; another input with it is a CONFLICT. At most 255 characters, one set of keys per caller and mutation. Left out: sending again does it again. */
  idempotencyKey?: string | null | undefined;
  /** The image to verify; AVAILABLE. */
  imageId: string;
};

/** What a webhook is told of; on the wire in lower case with a dot, "operation.succeeded". */
export type WebhookEvent =
  /** An alert was opened. */
  | 'ALERT_OPENED'
  /** What an alert was about is over. */
  | 'ALERT_RESOLVED'
  /** A drill could not prove an image. */
  | 'DRILL_FAILED'
  /** A drill has proven an image. */
  | 'DRILL_PASSED'
  /** An operation was stopped by somebody. */
  | 'OPERATION_CANCELLED'
  /** An operation did not get there. */
  | 'OPERATION_FAILED'
  /** An operation has done all that was asked for. */
  | 'OPERATION_SUCCEEDED';

export type ChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type ChangesSubscription = { changes: { cursor: string, instance: { id: string, name: string, state: InstanceState, health: HealthStatus, imageType: ImageType, postgresVersion: string, storageGib: number, exposure: Exposure, deletionProtection: boolean, createdAt: string, updatedAt: string, labels: Array<{ key: string, value: string }>, endpoint: { host: string, port: number, dnsName: string | null, connectionString: string } | null, failure: { code: string, message: string, step: string | null } | null, readiness: { status: ReadinessStatus, reasons: Array<string>, dataAgeSeconds: number | null, recoverySeconds: number | null, newestImage: { id: string, name: string, takenAt: string | null, verifiedAt: string | null, method: ImageMethod } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null } | null } } | null, image: { id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null, recoverySeconds: number | null } | null } | null, operation: { id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null } | null, alert: { id: string, kind: AlertKind, severity: Severity, message: string, remedy: string | null, openedAt: string, resolvedAt: string | null } | null, schedule: { id: string, name: string, enabled: boolean } | null } };

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { viewer: { name: string, role: Role, scope: Array<{ key: string, value: string }> }, server: { version: string, changesCursor: string, platform: string, postgresVersions: Array<string>, imageMethods: Array<ImageMethod>, namespaces: Array<string>, limits: { pageSize: number } } };

export type SignInMutationVariables = Exact<{
  input: LoginInput;
}>;


export type SignInMutation = { login: { expiresAt: string, viewer: { name: string, role: Role } } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { logout: { ok: boolean } };

export type FailureFieldsFragment = { code: string, message: string, step: string | null };

export type InstanceRowFragment = { id: string, name: string, state: InstanceState, health: HealthStatus, imageType: ImageType, postgresVersion: string, storageGib: number, exposure: Exposure, deletionProtection: boolean, createdAt: string, updatedAt: string, labels: Array<{ key: string, value: string }>, endpoint: { host: string, port: number, dnsName: string | null, connectionString: string } | null, failure: { code: string, message: string, step: string | null } | null, readiness: { status: ReadinessStatus, reasons: Array<string>, dataAgeSeconds: number | null, recoverySeconds: number | null, newestImage: { id: string, name: string, takenAt: string | null, verifiedAt: string | null, method: ImageMethod } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null } | null } };

export type ImageRowFragment = { id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null, recoverySeconds: number | null } | null };

export type OperationRowFragment = { id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null };

export type AlertRowFragment = { id: string, kind: AlertKind, severity: Severity, message: string, remedy: string | null, openedAt: string, resolvedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, schedule: { id: string, name: string } | null, operation: { id: string, kind: OperationKind } | null };

export type AlertsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  open?: boolean | null | undefined;
}>;


export type AlertsQuery = { alerts: { totalCount: number, nodes: Array<{ id: string, kind: AlertKind, severity: Severity, message: string, remedy: string | null, openedAt: string, resolvedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, schedule: { id: string, name: string } | null, operation: { id: string, kind: OperationKind } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type OpenAlertCountQueryVariables = Exact<{ [key: string]: never; }>;


export type OpenAlertCountQuery = { alerts: { totalCount: number, nodes: Array<{ id: string, severity: Severity }> } };

export type AlertByIdQueryVariables = Exact<{
  id: string;
}>;


export type AlertByIdQuery = { node:
    | { __typename: 'Alert', id: string, kind: AlertKind, severity: Severity, message: string, remedy: string | null, openedAt: string, resolvedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, schedule: { id: string, name: string } | null, operation: { id: string, kind: OperationKind } | null }
    | { __typename: 'ApiToken' }
    | { __typename: 'Image' }
    | { __typename: 'Instance' }
    | { __typename: 'Operation' }
    | { __typename: 'Schedule' }
    | { __typename: 'User' }
   | null };

export type ImagesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: ImageFilter | null | undefined;
}>;


export type ImagesQuery = { images: { totalCount: number, nodes: Array<{ id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null, recoverySeconds: number | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ImageDetailQueryVariables = Exact<{
  id: string;
}>;


export type ImageDetailQuery = { image: { notices: Array<string>, encrypted: boolean, id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, databases: Array<{ name: string, owner: string, sizeBytes: number }>, extensions: Array<{ database: string, name: string, version: string }>, durable: { database: string, version: string, unfinished: number } | null, findings: Array<{ code: string, severity: Severity, database: string | null, object: string | null, message: string, remedy: string | null }>, schedule: { id: string, name: string } | null, operations: { totalCount: number, nodes: Array<{ id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, jobs: Array<{ id: string, name: string, state: JobState }>, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null }> }, drills: Array<{ id: string, state: DrillState, startedAt: string, finishedAt: string | null, recoverySeconds: number | null, databasesCompared: number | null, tablesCompared: number | null, rowsCompared: number | null, operation: { id: string }, failure: { code: string, message: string, step: string | null } | null }>, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null, recoverySeconds: number | null } | null } | null };

export type ImageFilesQueryVariables = Exact<{
  id: string;
}>;


export type ImageFilesQuery = { image: { id: string, files: Array<{ name: string, sizeBytes: number, sha256: string }> } | null };

export type LastRestoresQueryVariables = Exact<{
  sourceInstanceId?: string | null | undefined;
}>;


export type LastRestoresQuery = { operations: { nodes: Array<{ id: string, startedAt: string | null, finishedAt: string | null, image: { id: string, sizeBytes: number | null, sourceInstance: { id: string } | null } | null }> }, images: { nodes: Array<{ id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null, recoverySeconds: number | null } | null }> } };

export type UpdateImageMutationVariables = Exact<{
  input: UpdateImageInput;
}>;


export type UpdateImageMutation = { updateImage: { image: { id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null, recoverySeconds: number | null } | null } } };

export type DeleteImageMutationVariables = Exact<{
  input: DeleteImageInput;
}>;


export type DeleteImageMutation = { deleteImage: { image: { id: string, state: ImageState }, operation: { id: string } } };

export type VerifyImageMutationVariables = Exact<{
  input: VerifyImageInput;
}>;


export type VerifyImageMutation = { verifyImage: { image: { id: string }, operation: { id: string } } };

export type InstancesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: InstanceFilter | null | undefined;
}>;


export type InstancesQuery = { instances: { totalCount: number, nodes: Array<{ id: string, name: string, state: InstanceState, health: HealthStatus, imageType: ImageType, postgresVersion: string, storageGib: number, exposure: Exposure, deletionProtection: boolean, createdAt: string, updatedAt: string, labels: Array<{ key: string, value: string }>, endpoint: { host: string, port: number, dnsName: string | null, connectionString: string } | null, failure: { code: string, message: string, step: string | null } | null, readiness: { status: ReadinessStatus, reasons: Array<string>, dataAgeSeconds: number | null, recoverySeconds: number | null, newestImage: { id: string, name: string, takenAt: string | null, verifiedAt: string | null, method: ImageMethod } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type InstanceDetailQueryVariables = Exact<{
  id: string;
}>;


export type InstanceDetailQuery = { instance: { namespace: string, dnsLabel: string | null, resourceName: string, durableFunctions: DurableFunctions | null, id: string, name: string, state: InstanceState, health: HealthStatus, imageType: ImageType, postgresVersion: string, storageGib: number, exposure: Exposure, deletionProtection: boolean, createdAt: string, updatedAt: string, sourceImage: { id: string, name: string } | null, findings: Array<{ code: string, severity: Severity, database: string | null, object: string | null, message: string, remedy: string | null }>, images: { totalCount: number, nodes: Array<{ id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null, recoverySeconds: number | null } | null }> }, operations: { totalCount: number, nodes: Array<{ id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null }> }, labels: Array<{ key: string, value: string }>, endpoint: { host: string, port: number, dnsName: string | null, connectionString: string } | null, failure: { code: string, message: string, step: string | null } | null, readiness: { status: ReadinessStatus, reasons: Array<string>, dataAgeSeconds: number | null, recoverySeconds: number | null, newestImage: { id: string, name: string, takenAt: string | null, verifiedAt: string | null, method: ImageMethod } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null } | null } } | null };

export type InstanceHealthQueryVariables = Exact<{
  id: string;
}>;


export type InstanceHealthQuery = { instance: { id: string, healthChecks: Array<{ at: string, latencyMs: number | null, message: string | null, status: HealthStatus }>, healthDay: { checks: number, healthy: number, latencyMs: number | null, slowestMs: number | null, periods: Array<{ from: string, checks: number, healthy: number, slowestMs: number | null, message: string | null }> } } | null };

export type InstanceOperationsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type InstanceOperationsQuery = { operations: { totalCount: number, nodes: Array<{ id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type InstanceCredentialsQueryVariables = Exact<{
  instanceId: string;
  login?: Login | null | undefined;
}>;


export type InstanceCredentialsQuery = { instanceCredentials: { username: string, password: string, connectionString: string } };

export type CheckConnectionQueryVariables = Exact<{
  instanceId: string;
}>;


export type CheckConnectionQuery = { checkConnection: { ok: boolean, latencyMs: number | null, serverVersion: string | null, durableWorkerRunning: boolean | null, durableWorkerDetail: string | null, failure: { code: string, message: string, step: string | null } | null } };

export type InstanceLogSubscriptionVariables = Exact<{
  instanceId: string;
  tailLines?: number | null | undefined;
}>;


export type InstanceLogSubscription = { instanceLogBatches: Array<{ line: number, at: string | null, text: string }> };

export type FindingFieldsFragment = { code: string, severity: Severity, database: string | null, object: string | null, message: string, remedy: string | null };

export type CreateInstanceMutationVariables = Exact<{
  input: CreateInstanceInput;
}>;


export type CreateInstanceMutation = { createInstance: { notices: Array<string>, instance: { id: string, name: string }, operation: { id: string } } };

export type UpdateInstanceMutationVariables = Exact<{
  input: UpdateInstanceInput;
}>;


export type UpdateInstanceMutation = { updateInstance: { notices: Array<string>, instance: { id: string, name: string, state: InstanceState, health: HealthStatus, imageType: ImageType, postgresVersion: string, storageGib: number, exposure: Exposure, deletionProtection: boolean, createdAt: string, updatedAt: string, labels: Array<{ key: string, value: string }>, endpoint: { host: string, port: number, dnsName: string | null, connectionString: string } | null, failure: { code: string, message: string, step: string | null } | null, readiness: { status: ReadinessStatus, reasons: Array<string>, dataAgeSeconds: number | null, recoverySeconds: number | null, newestImage: { id: string, name: string, takenAt: string | null, verifiedAt: string | null, method: ImageMethod } | null, lastVerdict: { id: string, state: DrillState, finishedAt: string | null } | null } }, operation: { id: string } | null } };

export type StartInstanceMutationVariables = Exact<{
  input: StartInstanceInput;
}>;


export type StartInstanceMutation = { startInstance: { instance: { id: string, state: InstanceState }, operation: { id: string } } };

export type StopInstanceMutationVariables = Exact<{
  input: StopInstanceInput;
}>;


export type StopInstanceMutation = { stopInstance: { instance: { id: string, state: InstanceState }, operation: { id: string } } };

export type RestartInstanceMutationVariables = Exact<{
  input: RestartInstanceInput;
}>;


export type RestartInstanceMutation = { restartInstance: { instance: { id: string, state: InstanceState }, operation: { id: string } } };

export type RotateCredentialsMutationVariables = Exact<{
  input: RotateCredentialsInput;
}>;


export type RotateCredentialsMutation = { rotateCredentials: { notices: Array<string>, instance: { id: string, state: InstanceState }, operation: { id: string } } };

export type DeleteInstanceMutationVariables = Exact<{
  input: DeleteInstanceInput;
}>;


export type DeleteInstanceMutation = { deleteInstance: { instance: { id: string, state: InstanceState }, operation: { id: string } } };

export type TakeImageMutationVariables = Exact<{
  input: CreateImageInput;
}>;


export type TakeImageMutation = { createImage: { notices: Array<string>, image: { id: string, name: string }, operation: { id: string } } };

export type OperationsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: OperationFilter | null | undefined;
}>;


export type OperationsQuery = { operations: { totalCount: number, nodes: Array<{ id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type OperationDetailQueryVariables = Exact<{
  id: string;
}>;


export type OperationDetailQuery = { operation: { workflowVersion: string, notices: Array<string>, id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, actor: { kind: ActorKind, name: string }, cancelledBy: { kind: ActorKind, name: string } | null, steps: Array<{ position: number, name: string, state: StepState, attempt: number, startedAt: string | null, finishedAt: string | null, progress: { percent: number | null, bytesDone: number | null, bytesTotal: number | null, bytesPerSecond: number | null, secondsLeft: number | null, message: string | null } | null, failure: { code: string, message: string, step: string | null } | null }>, jobs: Array<{ id: string, name: string, state: JobState, attempts: number, exitCode: number | null, startedAt: string | null, finishedAt: string | null }>, findings: Array<{ code: string, severity: Severity, database: string | null, object: string | null, message: string, remedy: string | null }>, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null } | null };

export type OperationStepFragment = { position: number, name: string, state: StepState, attempt: number, startedAt: string | null, finishedAt: string | null, progress: { percent: number | null, bytesDone: number | null, bytesTotal: number | null, bytesPerSecond: number | null, secondsLeft: number | null, message: string | null } | null, failure: { code: string, message: string, step: string | null } | null };

export type FollowOperationSubscriptionVariables = Exact<{
  operationId: string;
  after?: number | null | undefined;
}>;


export type FollowOperationSubscription = { operationEvents: { sequence: number, at: string, state: OperationState, percent: number, step: { position: number, name: string, state: StepState, attempt: number, startedAt: string | null, finishedAt: string | null, progress: { percent: number | null, bytesDone: number | null, bytesTotal: number | null, bytesPerSecond: number | null, secondsLeft: number | null, message: string | null } | null, failure: { code: string, message: string, step: string | null } | null } | null } };

export type JobLogSubscriptionVariables = Exact<{
  jobId: string;
  afterLine?: number | null | undefined;
  tailLines?: number | null | undefined;
}>;


export type JobLogSubscription = { jobLogBatches: Array<{ line: number, attempt: number | null, at: string | null, text: string }> };

export type CancelOperationMutationVariables = Exact<{
  input: CancelOperationInput;
}>;


export type CancelOperationMutation = { cancelOperation: { operation: { id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null } } };

export type RetryOperationMutationVariables = Exact<{
  input: RetryOperationInput;
}>;


export type RetryOperationMutation = { retryOperation: { operation: { id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null } } };

export type WhatHurtsQueryVariables = Exact<{ [key: string]: never; }>;


export type WhatHurtsQuery = { alerts: { totalCount: number, nodes: Array<{ id: string, kind: AlertKind, severity: Severity, message: string, remedy: string | null, openedAt: string, resolvedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, operation: { id: string } | null }> }, operations: { totalCount: number, nodes: Array<{ id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null }> } };

export type OverviewImagesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type OverviewImagesQuery = { images: { totalCount: number, nodes: Array<{ id: string, name: string, state: ImageState, sizeBytes: number | null, takenAt: string | null, createdAt: string, sourceInstanceName: string, failure: { code: string } | null, lastVerdict: { id: string, state: DrillState } | null, sourceInstance: { id: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type UnreadyQueryVariables = Exact<{ [key: string]: never; }>;


export type UnreadyQuery = { unprotected: { totalCount: number }, stale: { totalCount: number }, unproven: { totalCount: number } };

export type ScheduleRowFragment = { id: string, name: string, cron: string, timeZone: string, enabled: boolean, method: ImageMethod, drillEvery: number | null, concurrency: number, createdAt: string, nextRunsAt: Array<string>, selector: Array<{ key: string, value: string }>, instance: { id: string, name: string } | null, retention: { keepLast: number | null, keepHourly: number | null, keepDaily: number | null, keepWeekly: number | null, keepMonthly: number | null, keepYearly: number | null, keepDays: number | null } };

export type SchedulesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SchedulesQuery = { schedules: { totalCount: number, nodes: Array<{ id: string, name: string, cron: string, timeZone: string, enabled: boolean, method: ImageMethod, drillEvery: number | null, concurrency: number, createdAt: string, nextRunsAt: Array<string>, selector: Array<{ key: string, value: string }>, instance: { id: string, name: string } | null, retention: { keepLast: number | null, keepHourly: number | null, keepDaily: number | null, keepWeekly: number | null, keepMonthly: number | null, keepYearly: number | null, keepDays: number | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ScheduleQueryVariables = Exact<{
  id: string;
}>;


export type ScheduleQuery = { schedule: { id: string, name: string, cron: string, timeZone: string, enabled: boolean, method: ImageMethod, drillEvery: number | null, concurrency: number, createdAt: string, nextRunsAt: Array<string>, times: Array<string>, runs: { nodes: Array<{ id: string, state: ScheduleRunState }> }, selector: Array<{ key: string, value: string }>, instance: { id: string, name: string } | null, retention: { keepLast: number | null, keepHourly: number | null, keepDaily: number | null, keepWeekly: number | null, keepMonthly: number | null, keepYearly: number | null, keepDays: number | null } } | null };

export type ScheduleRunsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ScheduleRunsQuery = { schedule: { id: string, runs: { totalCount: number, nodes: Array<{ id: string, dueAt: string, startedAt: string | null, finishedAt: string | null, state: ScheduleRunState, message: string | null, operations: Array<{ id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type RetentionOfQueryVariables = Exact<{
  input: RetentionPreviewInput;
}>;


export type RetentionOfQuery = { retentionPreview: { freedBytes: number, keep: Array<{ because: Array<string>, image: { id: string, name: string, sourceInstanceName: string, takenAt: string | null, sizeBytes: number | null } }>, remove: Array<{ id: string, name: string, sourceInstanceName: string, takenAt: string | null, sizeBytes: number | null }> } };

export type CreateScheduleMutationVariables = Exact<{
  input: CreateScheduleInput;
}>;


export type CreateScheduleMutation = { createSchedule: { schedule: { id: string, name: string, cron: string, timeZone: string, enabled: boolean, method: ImageMethod, drillEvery: number | null, concurrency: number, createdAt: string, nextRunsAt: Array<string>, selector: Array<{ key: string, value: string }>, instance: { id: string, name: string } | null, retention: { keepLast: number | null, keepHourly: number | null, keepDaily: number | null, keepWeekly: number | null, keepMonthly: number | null, keepYearly: number | null, keepDays: number | null } } } };

export type UpdateScheduleMutationVariables = Exact<{
  input: UpdateScheduleInput;
}>;


export type UpdateScheduleMutation = { updateSchedule: { schedule: { id: string, name: string, cron: string, timeZone: string, enabled: boolean, method: ImageMethod, drillEvery: number | null, concurrency: number, createdAt: string, nextRunsAt: Array<string>, selector: Array<{ key: string, value: string }>, instance: { id: string, name: string } | null, retention: { keepLast: number | null, keepHourly: number | null, keepDaily: number | null, keepWeekly: number | null, keepMonthly: number | null, keepYearly: number | null, keepDays: number | null } } } };

export type RunScheduleMutationVariables = Exact<{
  input: RunScheduleInput;
}>;


export type RunScheduleMutation = { runSchedule: { run: { id: string, state: ScheduleRunState } } };

export type DeleteScheduleMutationVariables = Exact<{
  input: DeleteScheduleInput;
}>;


export type DeleteScheduleMutation = { deleteSchedule: { id: string } };

export type FindStandingQueryVariables = Exact<{
  text: string;
  name: string;
  isNamed: boolean;
}>;


export type FindStandingQuery = { instances: { nodes: Array<{ id: string, name: string }> }, instance?: { id: string, name: string, state: InstanceState } | null };

export type DiagnosticsQueryVariables = Exact<{ [key: string]: never; }>;


export type DiagnosticsQuery = { diagnostics: Array<{ name: string, ok: boolean, known: boolean, detail: string, remedy: string | null }> };

export type RunPreflightMutationVariables = Exact<{
  input: RunPreflightInput;
}>;


export type RunPreflightMutation = { runPreflight: { notices: Array<string>, operation: { id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null } } };

export type DriftQueryVariables = Exact<{
  state?: Array<DriftState> | DriftState | null | undefined;
}>;


export type DriftQuery = { drift: Array<{ kind: DriftKind, name: string, namespace: string, platform: string, ownerId: string | null, state: DriftState, reason: string, firstSeen: string, lastSeen: string }> };

export type UserRowFragment = { id: string, username: string, role: Role, enabled: boolean, createdAt: string, lastLoginAt: string | null, scope: Array<{ key: string, value: string }> };

export type UsersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type UsersQuery = { users: { totalCount: number, nodes: Array<{ id: string, username: string, role: Role, enabled: boolean, createdAt: string, lastLoginAt: string | null, scope: Array<{ key: string, value: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CreateUserMutationVariables = Exact<{
  input: CreateUserInput;
}>;


export type CreateUserMutation = { createUser: { password: string | null, user: { id: string, username: string, role: Role, enabled: boolean, createdAt: string, lastLoginAt: string | null, scope: Array<{ key: string, value: string }> } } };

export type UpdateUserMutationVariables = Exact<{
  input: UpdateUserInput;
}>;


export type UpdateUserMutation = { updateUser: { user: { id: string, username: string, role: Role, enabled: boolean, createdAt: string, lastLoginAt: string | null, scope: Array<{ key: string, value: string }> } } };

export type DeleteUserMutationVariables = Exact<{
  input: DeleteUserInput;
}>;


export type DeleteUserMutation = { deleteUser: { id: string } };

export type TokenRowFragment = { id: string, name: string, prefix: string, role: Role, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, scope: Array<{ key: string, value: string }>, createdBy: { name: string } };

export type TokensQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TokensQuery = { apiTokens: { totalCount: number, nodes: Array<{ id: string, name: string, prefix: string, role: Role, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, scope: Array<{ key: string, value: string }>, createdBy: { name: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CreateTokenMutationVariables = Exact<{
  input: CreateApiTokenInput;
}>;


export type CreateTokenMutation = { createApiToken: { token: string, apiToken: { id: string, name: string, prefix: string, role: Role, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, scope: Array<{ key: string, value: string }>, createdBy: { name: string } } } };

export type RevokeTokenMutationVariables = Exact<{
  input: RevokeApiTokenInput;
}>;


export type RevokeTokenMutation = { revokeApiToken: { notices: Array<string>, apiToken: { id: string, name: string, prefix: string, role: Role, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, scope: Array<{ key: string, value: string }>, createdBy: { name: string } } } };

export type AuditQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: AuditFilter | null | undefined;
}>;


export type AuditQuery = { auditLog: { totalCount: number, nodes: Array<{ id: string, at: string, action: string, outcome: AuditOutcome, code: string | null, target: string | null, targetKind: AuditTargetKind | null, detail: string | null, address: string | null, subject:
        | { __typename: 'ApiToken', id: string, name: string }
        | { __typename: 'Image', id: string, name: string }
        | { __typename: 'Instance', id: string, name: string }
        | { __typename: 'Operation', id: string, kind: OperationKind, instance: { id: string, name: string } | null, image: { id: string, name: string } | null }
        | { __typename: 'Schedule', id: string, name: string }
        | { __typename: 'User', id: string, username: string }
        | { __typename: 'Webhook', id: string, name: string }
       | null, actor: { kind: ActorKind, name: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type WebhookRowFragment = { id: string, name: string, url: string, events: Array<WebhookEvent>, enabled: boolean, createdAt: string };

export type WebhooksQueryVariables = Exact<{ [key: string]: never; }>;


export type WebhooksQuery = { webhooks: Array<{ id: string, name: string, url: string, events: Array<WebhookEvent>, enabled: boolean, createdAt: string, deliveries: Array<{ id: string, event: WebhookEvent, createdAt: string, attempts: number, statusCode: number | null, error: string | null, deliveredAt: string | null }> }> };

export type CreateWebhookMutationVariables = Exact<{
  input: CreateWebhookInput;
}>;


export type CreateWebhookMutation = { createWebhook: { secret: string, webhook: { id: string, name: string, url: string, events: Array<WebhookEvent>, enabled: boolean, createdAt: string } } };

export type UpdateWebhookMutationVariables = Exact<{
  input: UpdateWebhookInput;
}>;


export type UpdateWebhookMutation = { updateWebhook: { webhook: { id: string, name: string, url: string, events: Array<WebhookEvent>, enabled: boolean, createdAt: string } } };

export type TestWebhookMutationVariables = Exact<{
  input: TestWebhookInput;
}>;


export type TestWebhookMutation = { testWebhook: { delivery: { id: string, statusCode: number | null, error: string | null, deliveredAt: string | null } } };

export type DeleteWebhookMutationVariables = Exact<{
  input: DeleteWebhookInput;
}>;


export type DeleteWebhookMutation = { deleteWebhook: { id: string } };

export type RunningOperationsQueryVariables = Exact<{ [key: string]: never; }>;


export type RunningOperationsQuery = { operations: { totalCount: number, nodes: Array<{ id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type FoundInstanceFragment = { id: string, name: string, state: InstanceState, failure: { code: string } | null };

export type FoundImageFragment = { id: string, name: string, state: ImageState, sourceInstanceName: string };

export type FindQueryVariables = Exact<{
  name?: string | null | undefined;
  exact: string;
  isNamed: boolean;
}>;


export type FindQuery = { instance?: { id: string, name: string, state: InstanceState, failure: { code: string } | null } | null, image?: { id: string, name: string, state: ImageState, sourceInstanceName: string } | null, instancesBeginning?: { nodes: Array<{ id: string, name: string, state: InstanceState, failure: { code: string } | null }> }, imagesBeginning?: { nodes: Array<{ id: string, name: string, state: ImageState, sourceInstanceName: string }> }, instances: { nodes: Array<{ id: string, name: string, state: InstanceState, failure: { code: string } | null }> }, images: { nodes: Array<{ id: string, name: string, state: ImageState, sourceInstanceName: string }> } };

export type FindByIdQueryVariables = Exact<{
  id: string;
}>;


export type FindByIdQuery = { node:
    | { __typename: 'Alert', id: string }
    | { __typename: 'ApiToken', id: string }
    | { __typename: 'Image', id: string }
    | { __typename: 'Instance', id: string }
    | { __typename: 'Operation', id: string }
    | { __typename: 'Schedule', id: string }
    | { __typename: 'User', id: string }
   | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const FailureFieldsFragmentDoc = new TypedDocumentString(`
    fragment FailureFields on Failure {
  code
  message
  step
}
    `, {"fragmentName":"FailureFields"}) as unknown as TypedDocumentString<FailureFieldsFragment, unknown>;
export const InstanceRowFragmentDoc = new TypedDocumentString(`
    fragment InstanceRow on Instance {
  id
  name
  state
  health
  imageType
  postgresVersion
  storageGib
  exposure
  deletionProtection
  createdAt
  updatedAt
  labels {
    key
    value
  }
  endpoint {
    host
    port
    dnsName
    connectionString
  }
  failure {
    ...FailureFields
  }
  readiness {
    status
    reasons
    dataAgeSeconds
    recoverySeconds
    newestImage {
      id
      name
      takenAt
      verifiedAt
      method
    }
    lastVerdict {
      id
      state
      finishedAt
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}`, {"fragmentName":"InstanceRow"}) as unknown as TypedDocumentString<InstanceRowFragment, unknown>;
export const ImageRowFragmentDoc = new TypedDocumentString(`
    fragment ImageRow on Image {
  id
  name
  state
  method
  imageType
  postgresVersion
  sourceInstanceName
  sizeBytes
  databaseBytes
  createdAt
  takenAt
  verifiedAt
  protected
  expiresAt
  description
  sourceStorageGib
  labels {
    key
    value
  }
  sourceInstance {
    id
    name
    state
  }
  failure {
    ...FailureFields
  }
  lastVerdict {
    id
    state
    finishedAt
    recoverySeconds
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}`, {"fragmentName":"ImageRow"}) as unknown as TypedDocumentString<ImageRowFragment, unknown>;
export const OperationRowFragmentDoc = new TypedDocumentString(`
    fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}`, {"fragmentName":"OperationRow"}) as unknown as TypedDocumentString<OperationRowFragment, unknown>;
export const AlertRowFragmentDoc = new TypedDocumentString(`
    fragment AlertRow on Alert {
  id
  kind
  severity
  message
  remedy
  openedAt
  resolvedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  schedule {
    id
    name
  }
  operation {
    id
    kind
  }
}
    `, {"fragmentName":"AlertRow"}) as unknown as TypedDocumentString<AlertRowFragment, unknown>;
export const FindingFieldsFragmentDoc = new TypedDocumentString(`
    fragment FindingFields on Finding {
  code
  severity
  database
  object
  message
  remedy
}
    `, {"fragmentName":"FindingFields"}) as unknown as TypedDocumentString<FindingFieldsFragment, unknown>;
export const OperationStepFragmentDoc = new TypedDocumentString(`
    fragment OperationStep on Step {
  position
  name
  state
  attempt
  startedAt
  finishedAt
  progress {
    percent
    bytesDone
    bytesTotal
    bytesPerSecond
    secondsLeft
    message
  }
  failure {
    ...FailureFields
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}`, {"fragmentName":"OperationStep"}) as unknown as TypedDocumentString<OperationStepFragment, unknown>;
export const ScheduleRowFragmentDoc = new TypedDocumentString(`
    fragment ScheduleRow on Schedule {
  id
  name
  cron
  timeZone
  enabled
  method
  drillEvery
  concurrency
  createdAt
  nextRunsAt(first: 1)
  selector {
    key
    value
  }
  instance {
    id
    name
  }
  retention {
    keepLast
    keepHourly
    keepDaily
    keepWeekly
    keepMonthly
    keepYearly
    keepDays
  }
}
    `, {"fragmentName":"ScheduleRow"}) as unknown as TypedDocumentString<ScheduleRowFragment, unknown>;
export const UserRowFragmentDoc = new TypedDocumentString(`
    fragment UserRow on User {
  id
  username
  role
  enabled
  createdAt
  lastLoginAt
  scope {
    key
    value
  }
}
    `, {"fragmentName":"UserRow"}) as unknown as TypedDocumentString<UserRowFragment, unknown>;
export const TokenRowFragmentDoc = new TypedDocumentString(`
    fragment TokenRow on ApiToken {
  id
  name
  prefix
  role
  createdAt
  lastUsedAt
  expiresAt
  revokedAt
  scope {
    key
    value
  }
  createdBy {
    name
  }
}
    `, {"fragmentName":"TokenRow"}) as unknown as TypedDocumentString<TokenRowFragment, unknown>;
export const WebhookRowFragmentDoc = new TypedDocumentString(`
    fragment WebhookRow on Webhook {
  id
  name
  url
  events
  enabled
  createdAt
}
    `, {"fragmentName":"WebhookRow"}) as unknown as TypedDocumentString<WebhookRowFragment, unknown>;
export const FoundInstanceFragmentDoc = new TypedDocumentString(`
    fragment FoundInstance on Instance {
  id
  name
  state
  failure {
    code
  }
}
    `, {"fragmentName":"FoundInstance"}) as unknown as TypedDocumentString<FoundInstanceFragment, unknown>;
export const FoundImageFragmentDoc = new TypedDocumentString(`
    fragment FoundImage on Image {
  id
  name
  state
  sourceInstanceName
}
    `, {"fragmentName":"FoundImage"}) as unknown as TypedDocumentString<FoundImageFragment, unknown>;
export const ChangesDocument = new TypedDocumentString(`
    subscription Changes($after: String) {
  changes(after: $after) {
    cursor
    instance {
      ...InstanceRow
    }
    image {
      ...ImageRow
    }
    operation {
      ...OperationRow
    }
    alert {
      id
      kind
      severity
      message
      remedy
      openedAt
      resolvedAt
    }
    schedule {
      id
      name
      enabled
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment InstanceRow on Instance {
  id
  name
  state
  health
  imageType
  postgresVersion
  storageGib
  exposure
  deletionProtection
  createdAt
  updatedAt
  labels {
    key
    value
  }
  endpoint {
    host
    port
    dnsName
    connectionString
  }
  failure {
    ...FailureFields
  }
  readiness {
    status
    reasons
    dataAgeSeconds
    recoverySeconds
    newestImage {
      id
      name
      takenAt
      verifiedAt
      method
    }
    lastVerdict {
      id
      state
      finishedAt
    }
  }
}
fragment ImageRow on Image {
  id
  name
  state
  method
  imageType
  postgresVersion
  sourceInstanceName
  sizeBytes
  databaseBytes
  createdAt
  takenAt
  verifiedAt
  protected
  expiresAt
  description
  sourceStorageGib
  labels {
    key
    value
  }
  sourceInstance {
    id
    name
    state
  }
  failure {
    ...FailureFields
  }
  lastVerdict {
    id
    state
    finishedAt
    recoverySeconds
  }
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<ChangesSubscription, ChangesSubscriptionVariables>;
export const WhoAmIDocument = new TypedDocumentString(`
    query WhoAmI {
  viewer {
    name
    role
    scope {
      key
      value
    }
  }
  server {
    version
    changesCursor
    platform
    postgresVersions
    imageMethods
    namespaces
    limits {
      pageSize
    }
  }
}
    `) as unknown as TypedDocumentString<WhoAmIQuery, WhoAmIQueryVariables>;
export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($input: LoginInput!) {
  login(input: $input) {
    expiresAt
    viewer {
      name
      role
    }
  }
}
    `) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const SignOutDocument = new TypedDocumentString(`
    mutation SignOut {
  logout {
    ok
  }
}
    `) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const AlertsDocument = new TypedDocumentString(`
    query Alerts($first: Int, $after: String, $open: Boolean) {
  alerts(first: $first, after: $after, open: $open) {
    totalCount
    nodes {
      ...AlertRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment AlertRow on Alert {
  id
  kind
  severity
  message
  remedy
  openedAt
  resolvedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  schedule {
    id
    name
  }
  operation {
    id
    kind
  }
}`) as unknown as TypedDocumentString<AlertsQuery, AlertsQueryVariables>;
export const OpenAlertCountDocument = new TypedDocumentString(`
    query OpenAlertCount {
  alerts(first: 1, open: true) {
    totalCount
    nodes {
      id
      severity
    }
  }
}
    `) as unknown as TypedDocumentString<OpenAlertCountQuery, OpenAlertCountQueryVariables>;
export const AlertByIdDocument = new TypedDocumentString(`
    query AlertById($id: ID!) {
  node(id: $id) {
    __typename
    ... on Alert {
      ...AlertRow
    }
  }
}
    fragment AlertRow on Alert {
  id
  kind
  severity
  message
  remedy
  openedAt
  resolvedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  schedule {
    id
    name
  }
  operation {
    id
    kind
  }
}`) as unknown as TypedDocumentString<AlertByIdQuery, AlertByIdQueryVariables>;
export const ImagesDocument = new TypedDocumentString(`
    query Images($first: Int, $after: String, $filter: ImageFilter) {
  images(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      ...ImageRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment ImageRow on Image {
  id
  name
  state
  method
  imageType
  postgresVersion
  sourceInstanceName
  sizeBytes
  databaseBytes
  createdAt
  takenAt
  verifiedAt
  protected
  expiresAt
  description
  sourceStorageGib
  labels {
    key
    value
  }
  sourceInstance {
    id
    name
    state
  }
  failure {
    ...FailureFields
  }
  lastVerdict {
    id
    state
    finishedAt
    recoverySeconds
  }
}`) as unknown as TypedDocumentString<ImagesQuery, ImagesQueryVariables>;
export const ImageDetailDocument = new TypedDocumentString(`
    query ImageDetail($id: ID!) {
  image(id: $id) {
    ...ImageRow
    notices
    encrypted
    databases {
      name
      owner
      sizeBytes
    }
    extensions {
      database
      name
      version
    }
    durable {
      database
      version
      unfinished
    }
    findings {
      ...FindingFields
    }
    schedule {
      id
      name
    }
    operations(first: 20) {
      totalCount
      nodes {
        ...OperationRow
        jobs {
          id
          name
          state
        }
      }
    }
    drills(first: 20) {
      id
      state
      startedAt
      finishedAt
      recoverySeconds
      databasesCompared
      tablesCompared
      rowsCompared
      operation {
        id
      }
      failure {
        ...FailureFields
      }
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment ImageRow on Image {
  id
  name
  state
  method
  imageType
  postgresVersion
  sourceInstanceName
  sizeBytes
  databaseBytes
  createdAt
  takenAt
  verifiedAt
  protected
  expiresAt
  description
  sourceStorageGib
  labels {
    key
    value
  }
  sourceInstance {
    id
    name
    state
  }
  failure {
    ...FailureFields
  }
  lastVerdict {
    id
    state
    finishedAt
    recoverySeconds
  }
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}
fragment FindingFields on Finding {
  code
  severity
  database
  object
  message
  remedy
}`) as unknown as TypedDocumentString<ImageDetailQuery, ImageDetailQueryVariables>;
export const ImageFilesDocument = new TypedDocumentString(`
    query ImageFiles($id: ID!) {
  image(id: $id) {
    id
    files {
      name
      sizeBytes
      sha256
    }
  }
}
    `) as unknown as TypedDocumentString<ImageFilesQuery, ImageFilesQueryVariables>;
export const LastRestoresDocument = new TypedDocumentString(`
    query LastRestores($sourceInstanceId: ID) {
  operations(first: 20, filter: {kind: [CREATE_INSTANCE], state: [SUCCEEDED]}) {
    nodes {
      id
      startedAt
      finishedAt
      image {
        id
        sizeBytes
        sourceInstance {
          id
        }
      }
    }
  }
  images(
    first: 100
    filter: {sourceInstanceId: $sourceInstanceId, state: [AVAILABLE]}
  ) {
    nodes {
      ...ImageRow
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment ImageRow on Image {
  id
  name
  state
  method
  imageType
  postgresVersion
  sourceInstanceName
  sizeBytes
  databaseBytes
  createdAt
  takenAt
  verifiedAt
  protected
  expiresAt
  description
  sourceStorageGib
  labels {
    key
    value
  }
  sourceInstance {
    id
    name
    state
  }
  failure {
    ...FailureFields
  }
  lastVerdict {
    id
    state
    finishedAt
    recoverySeconds
  }
}`) as unknown as TypedDocumentString<LastRestoresQuery, LastRestoresQueryVariables>;
export const UpdateImageDocument = new TypedDocumentString(`
    mutation UpdateImage($input: UpdateImageInput!) {
  updateImage(input: $input) {
    image {
      ...ImageRow
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment ImageRow on Image {
  id
  name
  state
  method
  imageType
  postgresVersion
  sourceInstanceName
  sizeBytes
  databaseBytes
  createdAt
  takenAt
  verifiedAt
  protected
  expiresAt
  description
  sourceStorageGib
  labels {
    key
    value
  }
  sourceInstance {
    id
    name
    state
  }
  failure {
    ...FailureFields
  }
  lastVerdict {
    id
    state
    finishedAt
    recoverySeconds
  }
}`) as unknown as TypedDocumentString<UpdateImageMutation, UpdateImageMutationVariables>;
export const DeleteImageDocument = new TypedDocumentString(`
    mutation DeleteImage($input: DeleteImageInput!) {
  deleteImage(input: $input) {
    image {
      id
      state
    }
    operation {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteImageMutation, DeleteImageMutationVariables>;
export const VerifyImageDocument = new TypedDocumentString(`
    mutation VerifyImage($input: VerifyImageInput!) {
  verifyImage(input: $input) {
    image {
      id
    }
    operation {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<VerifyImageMutation, VerifyImageMutationVariables>;
export const InstancesDocument = new TypedDocumentString(`
    query Instances($first: Int, $after: String, $filter: InstanceFilter) {
  instances(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      ...InstanceRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment InstanceRow on Instance {
  id
  name
  state
  health
  imageType
  postgresVersion
  storageGib
  exposure
  deletionProtection
  createdAt
  updatedAt
  labels {
    key
    value
  }
  endpoint {
    host
    port
    dnsName
    connectionString
  }
  failure {
    ...FailureFields
  }
  readiness {
    status
    reasons
    dataAgeSeconds
    recoverySeconds
    newestImage {
      id
      name
      takenAt
      verifiedAt
      method
    }
    lastVerdict {
      id
      state
      finishedAt
    }
  }
}`) as unknown as TypedDocumentString<InstancesQuery, InstancesQueryVariables>;
export const InstanceDetailDocument = new TypedDocumentString(`
    query InstanceDetail($id: ID!) {
  instance(id: $id) {
    ...InstanceRow
    namespace
    dnsLabel
    resourceName
    durableFunctions
    sourceImage {
      id
      name
    }
    findings {
      ...FindingFields
    }
    images(first: 100) {
      totalCount
      nodes {
        ...ImageRow
      }
    }
    operations(first: 5) {
      totalCount
      nodes {
        ...OperationRow
      }
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment InstanceRow on Instance {
  id
  name
  state
  health
  imageType
  postgresVersion
  storageGib
  exposure
  deletionProtection
  createdAt
  updatedAt
  labels {
    key
    value
  }
  endpoint {
    host
    port
    dnsName
    connectionString
  }
  failure {
    ...FailureFields
  }
  readiness {
    status
    reasons
    dataAgeSeconds
    recoverySeconds
    newestImage {
      id
      name
      takenAt
      verifiedAt
      method
    }
    lastVerdict {
      id
      state
      finishedAt
    }
  }
}
fragment ImageRow on Image {
  id
  name
  state
  method
  imageType
  postgresVersion
  sourceInstanceName
  sizeBytes
  databaseBytes
  createdAt
  takenAt
  verifiedAt
  protected
  expiresAt
  description
  sourceStorageGib
  labels {
    key
    value
  }
  sourceInstance {
    id
    name
    state
  }
  failure {
    ...FailureFields
  }
  lastVerdict {
    id
    state
    finishedAt
    recoverySeconds
  }
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}
fragment FindingFields on Finding {
  code
  severity
  database
  object
  message
  remedy
}`) as unknown as TypedDocumentString<InstanceDetailQuery, InstanceDetailQueryVariables>;
export const InstanceHealthDocument = new TypedDocumentString(`
    query InstanceHealth($id: ID!) {
  instance(id: $id) {
    id
    healthChecks(first: 100) {
      at
      latencyMs
      message
      status
    }
    healthDay {
      checks
      healthy
      latencyMs
      slowestMs
      periods {
        from
        checks
        healthy
        slowestMs
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<InstanceHealthQuery, InstanceHealthQueryVariables>;
export const InstanceOperationsDocument = new TypedDocumentString(`
    query InstanceOperations($id: ID!, $first: Int, $after: String) {
  operations(first: $first, after: $after, filter: {instanceId: $id}) {
    totalCount
    nodes {
      ...OperationRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<InstanceOperationsQuery, InstanceOperationsQueryVariables>;
export const InstanceCredentialsDocument = new TypedDocumentString(`
    query InstanceCredentials($instanceId: ID!, $login: Login) {
  instanceCredentials(instanceId: $instanceId, login: $login) {
    username
    password
    connectionString
  }
}
    `) as unknown as TypedDocumentString<InstanceCredentialsQuery, InstanceCredentialsQueryVariables>;
export const CheckConnectionDocument = new TypedDocumentString(`
    query CheckConnection($instanceId: ID!) {
  checkConnection(instanceId: $instanceId) {
    ok
    latencyMs
    serverVersion
    failure {
      ...FailureFields
    }
    durableWorkerRunning
    durableWorkerDetail
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}`) as unknown as TypedDocumentString<CheckConnectionQuery, CheckConnectionQueryVariables>;
export const InstanceLogDocument = new TypedDocumentString(`
    subscription InstanceLog($instanceId: ID!, $tailLines: Int) {
  instanceLogBatches(instanceId: $instanceId, tailLines: $tailLines) {
    line
    at
    text
  }
}
    `) as unknown as TypedDocumentString<InstanceLogSubscription, InstanceLogSubscriptionVariables>;
export const CreateInstanceDocument = new TypedDocumentString(`
    mutation CreateInstance($input: CreateInstanceInput!) {
  createInstance(input: $input) {
    instance {
      id
      name
    }
    operation {
      id
    }
    notices
  }
}
    `) as unknown as TypedDocumentString<CreateInstanceMutation, CreateInstanceMutationVariables>;
export const UpdateInstanceDocument = new TypedDocumentString(`
    mutation UpdateInstance($input: UpdateInstanceInput!) {
  updateInstance(input: $input) {
    instance {
      ...InstanceRow
    }
    operation {
      id
    }
    notices
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment InstanceRow on Instance {
  id
  name
  state
  health
  imageType
  postgresVersion
  storageGib
  exposure
  deletionProtection
  createdAt
  updatedAt
  labels {
    key
    value
  }
  endpoint {
    host
    port
    dnsName
    connectionString
  }
  failure {
    ...FailureFields
  }
  readiness {
    status
    reasons
    dataAgeSeconds
    recoverySeconds
    newestImage {
      id
      name
      takenAt
      verifiedAt
      method
    }
    lastVerdict {
      id
      state
      finishedAt
    }
  }
}`) as unknown as TypedDocumentString<UpdateInstanceMutation, UpdateInstanceMutationVariables>;
export const StartInstanceDocument = new TypedDocumentString(`
    mutation StartInstance($input: StartInstanceInput!) {
  startInstance(input: $input) {
    instance {
      id
      state
    }
    operation {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<StartInstanceMutation, StartInstanceMutationVariables>;
export const StopInstanceDocument = new TypedDocumentString(`
    mutation StopInstance($input: StopInstanceInput!) {
  stopInstance(input: $input) {
    instance {
      id
      state
    }
    operation {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<StopInstanceMutation, StopInstanceMutationVariables>;
export const RestartInstanceDocument = new TypedDocumentString(`
    mutation RestartInstance($input: RestartInstanceInput!) {
  restartInstance(input: $input) {
    instance {
      id
      state
    }
    operation {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<RestartInstanceMutation, RestartInstanceMutationVariables>;
export const RotateCredentialsDocument = new TypedDocumentString(`
    mutation RotateCredentials($input: RotateCredentialsInput!) {
  rotateCredentials(input: $input) {
    instance {
      id
      state
    }
    operation {
      id
    }
    notices
  }
}
    `) as unknown as TypedDocumentString<RotateCredentialsMutation, RotateCredentialsMutationVariables>;
export const DeleteInstanceDocument = new TypedDocumentString(`
    mutation DeleteInstance($input: DeleteInstanceInput!) {
  deleteInstance(input: $input) {
    instance {
      id
      state
    }
    operation {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteInstanceMutation, DeleteInstanceMutationVariables>;
export const TakeImageDocument = new TypedDocumentString(`
    mutation TakeImage($input: CreateImageInput!) {
  createImage(input: $input) {
    image {
      id
      name
    }
    operation {
      id
    }
    notices
  }
}
    `) as unknown as TypedDocumentString<TakeImageMutation, TakeImageMutationVariables>;
export const OperationsDocument = new TypedDocumentString(`
    query Operations($first: Int, $after: String, $filter: OperationFilter) {
  operations(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      ...OperationRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<OperationsQuery, OperationsQueryVariables>;
export const OperationDetailDocument = new TypedDocumentString(`
    query OperationDetail($id: ID!) {
  operation(id: $id) {
    ...OperationRow
    workflowVersion
    notices
    actor {
      kind
      name
    }
    cancelledBy {
      kind
      name
    }
    steps {
      ...OperationStep
    }
    jobs {
      id
      name
      state
      attempts
      exitCode
      startedAt
      finishedAt
    }
    findings {
      ...FindingFields
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}
fragment FindingFields on Finding {
  code
  severity
  database
  object
  message
  remedy
}
fragment OperationStep on Step {
  position
  name
  state
  attempt
  startedAt
  finishedAt
  progress {
    percent
    bytesDone
    bytesTotal
    bytesPerSecond
    secondsLeft
    message
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<OperationDetailQuery, OperationDetailQueryVariables>;
export const FollowOperationDocument = new TypedDocumentString(`
    subscription FollowOperation($operationId: ID!, $after: Int) {
  operationEvents(operationId: $operationId, after: $after) {
    sequence
    at
    state
    percent
    step {
      ...OperationStep
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationStep on Step {
  position
  name
  state
  attempt
  startedAt
  finishedAt
  progress {
    percent
    bytesDone
    bytesTotal
    bytesPerSecond
    secondsLeft
    message
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<FollowOperationSubscription, FollowOperationSubscriptionVariables>;
export const JobLogDocument = new TypedDocumentString(`
    subscription JobLog($jobId: ID!, $afterLine: Int, $tailLines: Int) {
  jobLogBatches(jobId: $jobId, afterLine: $afterLine, tailLines: $tailLines) {
    line
    attempt
    at
    text
  }
}
    `) as unknown as TypedDocumentString<JobLogSubscription, JobLogSubscriptionVariables>;
export const CancelOperationDocument = new TypedDocumentString(`
    mutation CancelOperation($input: CancelOperationInput!) {
  cancelOperation(input: $input) {
    operation {
      ...OperationRow
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<CancelOperationMutation, CancelOperationMutationVariables>;
export const RetryOperationDocument = new TypedDocumentString(`
    mutation RetryOperation($input: RetryOperationInput!) {
  retryOperation(input: $input) {
    operation {
      ...OperationRow
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<RetryOperationMutation, RetryOperationMutationVariables>;
export const WhatHurtsDocument = new TypedDocumentString(`
    query WhatHurts {
  alerts(first: 20, open: true) {
    totalCount
    nodes {
      id
      kind
      severity
      message
      remedy
      openedAt
      resolvedAt
      instance {
        id
        name
      }
      image {
        id
        name
      }
      operation {
        id
      }
    }
  }
  operations(first: 5, filter: {state: [FAILED]}) {
    totalCount
    nodes {
      ...OperationRow
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<WhatHurtsQuery, WhatHurtsQueryVariables>;
export const OverviewImagesDocument = new TypedDocumentString(`
    query OverviewImages($first: Int, $after: String) {
  images(first: $first, after: $after, filter: {state: [AVAILABLE, FAILED]}) {
    totalCount
    nodes {
      id
      name
      state
      failure {
        code
      }
      sizeBytes
      takenAt
      createdAt
      lastVerdict {
        id
        state
      }
      sourceInstanceName
      sourceInstance {
        id
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewImagesQuery, OverviewImagesQueryVariables>;
export const UnreadyDocument = new TypedDocumentString(`
    query Unready {
  unprotected: instances(
    first: 1
    filter: {state: [CREATING, RUNNING, STOPPED], readiness: [UNPROTECTED]}
  ) {
    totalCount
  }
  stale: instances(
    first: 1
    filter: {state: [CREATING, RUNNING, STOPPED], readiness: [STALE]}
  ) {
    totalCount
  }
  unproven: instances(
    first: 1
    filter: {state: [CREATING, RUNNING, STOPPED], readiness: [UNPROVEN]}
  ) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<UnreadyQuery, UnreadyQueryVariables>;
export const SchedulesDocument = new TypedDocumentString(`
    query Schedules($first: Int, $after: String) {
  schedules(first: $first, after: $after) {
    totalCount
    nodes {
      ...ScheduleRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment ScheduleRow on Schedule {
  id
  name
  cron
  timeZone
  enabled
  method
  drillEvery
  concurrency
  createdAt
  nextRunsAt(first: 1)
  selector {
    key
    value
  }
  instance {
    id
    name
  }
  retention {
    keepLast
    keepHourly
    keepDaily
    keepWeekly
    keepMonthly
    keepYearly
    keepDays
  }
}`) as unknown as TypedDocumentString<SchedulesQuery, SchedulesQueryVariables>;
export const ScheduleDocument = new TypedDocumentString(`
    query Schedule($id: ID!) {
  schedule(id: $id) {
    ...ScheduleRow
    times: nextRunsAt(first: 100)
    runs(first: 1) {
      nodes {
        id
        state
      }
    }
  }
}
    fragment ScheduleRow on Schedule {
  id
  name
  cron
  timeZone
  enabled
  method
  drillEvery
  concurrency
  createdAt
  nextRunsAt(first: 1)
  selector {
    key
    value
  }
  instance {
    id
    name
  }
  retention {
    keepLast
    keepHourly
    keepDaily
    keepWeekly
    keepMonthly
    keepYearly
    keepDays
  }
}`) as unknown as TypedDocumentString<ScheduleQuery, ScheduleQueryVariables>;
export const ScheduleRunsDocument = new TypedDocumentString(`
    query ScheduleRuns($id: ID!, $first: Int, $after: String) {
  schedule(id: $id) {
    id
    runs(first: $first, after: $after) {
      totalCount
      nodes {
        id
        dueAt
        startedAt
        finishedAt
        state
        message
        operations {
          ...OperationRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<ScheduleRunsQuery, ScheduleRunsQueryVariables>;
export const RetentionOfDocument = new TypedDocumentString(`
    query RetentionOf($input: RetentionPreviewInput!) {
  retentionPreview(input: $input) {
    freedBytes
    keep {
      because
      image {
        id
        name
        sourceInstanceName
        takenAt
        sizeBytes
      }
    }
    remove {
      id
      name
      sourceInstanceName
      takenAt
      sizeBytes
    }
  }
}
    `) as unknown as TypedDocumentString<RetentionOfQuery, RetentionOfQueryVariables>;
export const CreateScheduleDocument = new TypedDocumentString(`
    mutation CreateSchedule($input: CreateScheduleInput!) {
  createSchedule(input: $input) {
    schedule {
      ...ScheduleRow
    }
  }
}
    fragment ScheduleRow on Schedule {
  id
  name
  cron
  timeZone
  enabled
  method
  drillEvery
  concurrency
  createdAt
  nextRunsAt(first: 1)
  selector {
    key
    value
  }
  instance {
    id
    name
  }
  retention {
    keepLast
    keepHourly
    keepDaily
    keepWeekly
    keepMonthly
    keepYearly
    keepDays
  }
}`) as unknown as TypedDocumentString<CreateScheduleMutation, CreateScheduleMutationVariables>;
export const UpdateScheduleDocument = new TypedDocumentString(`
    mutation UpdateSchedule($input: UpdateScheduleInput!) {
  updateSchedule(input: $input) {
    schedule {
      ...ScheduleRow
    }
  }
}
    fragment ScheduleRow on Schedule {
  id
  name
  cron
  timeZone
  enabled
  method
  drillEvery
  concurrency
  createdAt
  nextRunsAt(first: 1)
  selector {
    key
    value
  }
  instance {
    id
    name
  }
  retention {
    keepLast
    keepHourly
    keepDaily
    keepWeekly
    keepMonthly
    keepYearly
    keepDays
  }
}`) as unknown as TypedDocumentString<UpdateScheduleMutation, UpdateScheduleMutationVariables>;
export const RunScheduleDocument = new TypedDocumentString(`
    mutation RunSchedule($input: RunScheduleInput!) {
  runSchedule(input: $input) {
    run {
      id
      state
    }
  }
}
    `) as unknown as TypedDocumentString<RunScheduleMutation, RunScheduleMutationVariables>;
export const DeleteScheduleDocument = new TypedDocumentString(`
    mutation DeleteSchedule($input: DeleteScheduleInput!) {
  deleteSchedule(input: $input) {
    id
  }
}
    `) as unknown as TypedDocumentString<DeleteScheduleMutation, DeleteScheduleMutationVariables>;
export const FindStandingDocument = new TypedDocumentString(`
    query FindStanding($text: String!, $name: String!, $isNamed: Boolean!) {
  instances(first: 20, filter: {nameContains: $text, state: [RUNNING, STOPPED]}) {
    nodes {
      id
      name
    }
  }
  instance(name: $name) @include(if: $isNamed) {
    id
    name
    state
  }
}
    `) as unknown as TypedDocumentString<FindStandingQuery, FindStandingQueryVariables>;
export const DiagnosticsDocument = new TypedDocumentString(`
    query Diagnostics {
  diagnostics {
    name
    ok
    known
    detail
    remedy
  }
}
    `) as unknown as TypedDocumentString<DiagnosticsQuery, DiagnosticsQueryVariables>;
export const RunPreflightDocument = new TypedDocumentString(`
    mutation RunPreflight($input: RunPreflightInput!) {
  runPreflight(input: $input) {
    operation {
      ...OperationRow
    }
    notices
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<RunPreflightMutation, RunPreflightMutationVariables>;
export const DriftDocument = new TypedDocumentString(`
    query Drift($state: [DriftState!]) {
  drift(first: 100, state: $state) {
    kind
    name
    namespace
    platform
    ownerId
    state
    reason
    firstSeen
    lastSeen
  }
}
    `) as unknown as TypedDocumentString<DriftQuery, DriftQueryVariables>;
export const UsersDocument = new TypedDocumentString(`
    query Users($first: Int, $after: String) {
  users(first: $first, after: $after) {
    totalCount
    nodes {
      ...UserRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment UserRow on User {
  id
  username
  role
  enabled
  createdAt
  lastLoginAt
  scope {
    key
    value
  }
}`) as unknown as TypedDocumentString<UsersQuery, UsersQueryVariables>;
export const CreateUserDocument = new TypedDocumentString(`
    mutation CreateUser($input: CreateUserInput!) {
  createUser(input: $input) {
    user {
      ...UserRow
    }
    password
  }
}
    fragment UserRow on User {
  id
  username
  role
  enabled
  createdAt
  lastLoginAt
  scope {
    key
    value
  }
}`) as unknown as TypedDocumentString<CreateUserMutation, CreateUserMutationVariables>;
export const UpdateUserDocument = new TypedDocumentString(`
    mutation UpdateUser($input: UpdateUserInput!) {
  updateUser(input: $input) {
    user {
      ...UserRow
    }
  }
}
    fragment UserRow on User {
  id
  username
  role
  enabled
  createdAt
  lastLoginAt
  scope {
    key
    value
  }
}`) as unknown as TypedDocumentString<UpdateUserMutation, UpdateUserMutationVariables>;
export const DeleteUserDocument = new TypedDocumentString(`
    mutation DeleteUser($input: DeleteUserInput!) {
  deleteUser(input: $input) {
    id
  }
}
    `) as unknown as TypedDocumentString<DeleteUserMutation, DeleteUserMutationVariables>;
export const TokensDocument = new TypedDocumentString(`
    query Tokens($first: Int, $after: String) {
  apiTokens(first: $first, after: $after) {
    totalCount
    nodes {
      ...TokenRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment TokenRow on ApiToken {
  id
  name
  prefix
  role
  createdAt
  lastUsedAt
  expiresAt
  revokedAt
  scope {
    key
    value
  }
  createdBy {
    name
  }
}`) as unknown as TypedDocumentString<TokensQuery, TokensQueryVariables>;
export const CreateTokenDocument = new TypedDocumentString(`
    mutation CreateToken($input: CreateApiTokenInput!) {
  createApiToken(input: $input) {
    apiToken {
      ...TokenRow
    }
    token
  }
}
    fragment TokenRow on ApiToken {
  id
  name
  prefix
  role
  createdAt
  lastUsedAt
  expiresAt
  revokedAt
  scope {
    key
    value
  }
  createdBy {
    name
  }
}`) as unknown as TypedDocumentString<CreateTokenMutation, CreateTokenMutationVariables>;
export const RevokeTokenDocument = new TypedDocumentString(`
    mutation RevokeToken($input: RevokeApiTokenInput!) {
  revokeApiToken(input: $input) {
    apiToken {
      ...TokenRow
    }
    notices
  }
}
    fragment TokenRow on ApiToken {
  id
  name
  prefix
  role
  createdAt
  lastUsedAt
  expiresAt
  revokedAt
  scope {
    key
    value
  }
  createdBy {
    name
  }
}`) as unknown as TypedDocumentString<RevokeTokenMutation, RevokeTokenMutationVariables>;
export const AuditDocument = new TypedDocumentString(`
    query Audit($first: Int, $after: String, $filter: AuditFilter) {
  auditLog(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      id
      at
      action
      outcome
      code
      target
      targetKind
      subject {
        __typename
        ... on Instance {
          id
          name
        }
        ... on Image {
          id
          name
        }
        ... on Operation {
          id
          kind
          instance {
            id
            name
          }
          image {
            id
            name
          }
        }
        ... on Schedule {
          id
          name
        }
        ... on Webhook {
          id
          name
        }
        ... on User {
          id
          username
        }
        ... on ApiToken {
          id
          name
        }
      }
      detail
      address
      actor {
        kind
        name
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AuditQuery, AuditQueryVariables>;
export const WebhooksDocument = new TypedDocumentString(`
    query Webhooks {
  webhooks {
    ...WebhookRow
    deliveries(first: 20) {
      id
      event
      createdAt
      attempts
      statusCode
      error
      deliveredAt
    }
  }
}
    fragment WebhookRow on Webhook {
  id
  name
  url
  events
  enabled
  createdAt
}`) as unknown as TypedDocumentString<WebhooksQuery, WebhooksQueryVariables>;
export const CreateWebhookDocument = new TypedDocumentString(`
    mutation CreateWebhook($input: CreateWebhookInput!) {
  createWebhook(input: $input) {
    webhook {
      ...WebhookRow
    }
    secret
  }
}
    fragment WebhookRow on Webhook {
  id
  name
  url
  events
  enabled
  createdAt
}`) as unknown as TypedDocumentString<CreateWebhookMutation, CreateWebhookMutationVariables>;
export const UpdateWebhookDocument = new TypedDocumentString(`
    mutation UpdateWebhook($input: UpdateWebhookInput!) {
  updateWebhook(input: $input) {
    webhook {
      ...WebhookRow
    }
  }
}
    fragment WebhookRow on Webhook {
  id
  name
  url
  events
  enabled
  createdAt
}`) as unknown as TypedDocumentString<UpdateWebhookMutation, UpdateWebhookMutationVariables>;
export const TestWebhookDocument = new TypedDocumentString(`
    mutation TestWebhook($input: TestWebhookInput!) {
  testWebhook(input: $input) {
    delivery {
      id
      statusCode
      error
      deliveredAt
    }
  }
}
    `) as unknown as TypedDocumentString<TestWebhookMutation, TestWebhookMutationVariables>;
export const DeleteWebhookDocument = new TypedDocumentString(`
    mutation DeleteWebhook($input: DeleteWebhookInput!) {
  deleteWebhook(input: $input) {
    id
  }
}
    `) as unknown as TypedDocumentString<DeleteWebhookMutation, DeleteWebhookMutationVariables>;
export const RunningOperationsDocument = new TypedDocumentString(`
    query RunningOperations {
  operations(first: 50, filter: {state: [QUEUED, RUNNING, CANCELLING]}) {
    totalCount
    nodes {
      ...OperationRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  step
}
fragment OperationRow on Operation {
  id
  kind
  state
  percent
  secondsLeft
  requestedBy
  createdAt
  startedAt
  finishedAt
  instance {
    id
    name
  }
  image {
    id
    name
  }
  failure {
    ...FailureFields
  }
}`) as unknown as TypedDocumentString<RunningOperationsQuery, RunningOperationsQueryVariables>;
export const FindDocument = new TypedDocumentString(`
    query Find($name: String, $exact: String!, $isNamed: Boolean!) {
  instance(name: $exact) @include(if: $isNamed) {
    ...FoundInstance
  }
  image(name: $exact) @include(if: $isNamed) {
    ...FoundImage
  }
  instancesBeginning: instances(
    first: 8
    filter: {nameStartsWith: $name, state: [CREATING, RUNNING, STOPPED, FAILED, DELETING]}
  ) @include(if: $isNamed) {
    nodes {
      ...FoundInstance
    }
  }
  imagesBeginning: images(
    first: 8
    filter: {nameStartsWith: $name, state: [CREATING, AVAILABLE, FAILED, DELETING]}
  ) @include(if: $isNamed) {
    nodes {
      ...FoundImage
    }
  }
  instances(
    first: 8
    filter: {nameContains: $name, state: [CREATING, RUNNING, STOPPED, FAILED, DELETING]}
  ) {
    nodes {
      ...FoundInstance
    }
  }
  images(
    first: 8
    filter: {nameContains: $name, state: [CREATING, AVAILABLE, FAILED, DELETING]}
  ) {
    nodes {
      ...FoundImage
    }
  }
}
    fragment FoundInstance on Instance {
  id
  name
  state
  failure {
    code
  }
}
fragment FoundImage on Image {
  id
  name
  state
  sourceInstanceName
}`) as unknown as TypedDocumentString<FindQuery, FindQueryVariables>;
export const FindByIdDocument = new TypedDocumentString(`
    query FindById($id: ID!) {
  node(id: $id) {
    __typename
    id
  }
}
    `) as unknown as TypedDocumentString<FindByIdQuery, FindByIdQueryVariables>;