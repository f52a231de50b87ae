import type { Actor } from '../../schema/actor.ts';
import type { HostingChange } from '../../schema/rules/hosting-rules.ts';
import type { LabelChange } from '../../schema/rules/label-rules.ts';
import type { Scope } from '../../schema/rules/scope-rules.ts';
import type {
  BackgroundWork,
  DurableFunctions,
  Exposure,
  ImageMethod,
  ImageType,
  Login,
  Loss,
  Role,
} from '../../schema/states.ts';

/** Who asks, and what it may do. */
export interface Caller extends Actor {
  /** Null: nobody has said who it is, and it may do nothing but sign in. */
  readonly role: Role | null;
  /** What of the instances, and of all that belongs to them, is there for it; absent: everything. */
  readonly scope?: Scope;
  /** Where the request came from; absent where that is not known. */
  readonly address?: string | null;
  /** Whose rights these are: the user who signed in, or whose token it is. Null for the configured administrator. */
  readonly userId?: string | null;
  /** When the token ends that the request came with; absent or null where it never does, or there is none. */
  readonly expiresAt?: Date | null;
  /** The session that the request came with, if it came with one. */
  readonly sessionId?: string | null;
}

/** What a mutation brought about: references, for the resolver to read, and what was changed or ignored of the input. */
export interface Accepted {
  readonly instanceId: string | null;
  readonly imageId: string | null;
  readonly operationId: string | null;
  /** Only of a drill. */
  readonly drillId?: string | null;
  readonly notices: readonly string[];
}

export interface Idempotent {
  readonly idempotencyKey?: string | null | undefined;
}

export interface CreateInstance extends Idempotent {
  readonly name: string;
  readonly password?: string | null | undefined;
  readonly postgresVersion?: string | null | undefined;
  readonly imageType?: ImageType | null | undefined;
  readonly storageGib?: number | null | undefined;
  readonly exposure?: Exposure | null | undefined;
  readonly dnsLabel?: string | null | undefined;
  readonly namespace?: string | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
  readonly deletionProtection?: boolean | null | undefined;
  readonly sourceImageId?: string | null | undefined;
  readonly durableFunctions?: DurableFunctions | null | undefined;
  readonly allowExtensionUpgrade?: boolean | null | undefined;
  readonly databases?: readonly string[] | null | undefined;
  readonly acceptLoss?: Loss | null | undefined;
  readonly backgroundWork?: BackgroundWork | null | undefined;
  readonly parameters?: Readonly<Record<string, string>> | null | undefined;
  readonly connectionSecret?: boolean | null | undefined;
  readonly hosting?: HostingChange | undefined;
  readonly storageClass?: string | null | undefined;
}

export interface UpdateInstance extends Idempotent, LabelChange {
  readonly instanceId: string;
  readonly deletionProtection?: boolean | null | undefined;
  readonly storageGib?: number | null | undefined;
  readonly parameters?: Readonly<Record<string, string>> | null | undefined;
  readonly connectionSecret?: boolean | null | undefined;
  readonly hosting?: HostingChange | undefined;
}

export interface CreateImage extends Idempotent {
  readonly name: string;
  readonly instanceId: string;
  readonly description?: string | null | undefined;
  readonly method?: ImageMethod | null | undefined;
  readonly acceptLoss?: Loss | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
  readonly encrypt?: boolean | null | undefined;
  readonly protected?: boolean | null | undefined;
  readonly expiresAt?: Date | null | undefined;
}

export interface UpdateImage extends Idempotent, LabelChange {
  readonly imageId: string;
  /** Undefined: it stays; `to: null`: there is none from now on. */
  readonly description?: { readonly to: string | null } | undefined;
  readonly protected?: boolean | null | undefined;
  readonly expiresAt?: { readonly to: Date | null } | undefined;
}

export interface OnInstance extends Idempotent {
  readonly instanceId: string;
}

export interface DeleteInstance extends OnInstance {
  /** Name of an image that is taken first; without it nothing is deleted. */
  readonly finalImage?: string | null | undefined;
}

export interface RotateCredentials extends OnInstance {
  readonly login?: Login | null | undefined;
  readonly password?: string | null | undefined;
}

export interface OnImage extends Idempotent {
  readonly imageId: string;
}

export interface RunPreflight extends Idempotent {
  readonly namespace?: string | null | undefined;
  readonly postgresVersion?: string | null | undefined;
  readonly imageType?: ImageType | null | undefined;
}

/**
 * What callers can have done to instances. Form (names, lengths, ranges) was checked before; these check what only the
 * records can tell, and write record, operation, steps and queue job in one transaction. Throw NOT_FOUND, CONFLICT,
 * INVALID_INPUT, UNAVAILABLE. The same idempotency key with the same input is answered with the first outcome.
 */
export interface InstanceCommands {
  create(caller: Caller, input: CreateInstance): Promise<Accepted>;
  update(caller: Caller, input: UpdateInstance): Promise<Accepted>;
  delete(caller: Caller, input: DeleteInstance): Promise<Accepted>;
  stop(caller: Caller, input: OnInstance): Promise<Accepted>;
  start(caller: Caller, input: OnInstance): Promise<Accepted>;
  restart(caller: Caller, input: OnInstance): Promise<Accepted>;
  rotateCredentials(caller: Caller, input: RotateCredentials): Promise<Accepted>;
}

/** What callers can have done to images; the same promises. */
export interface ImageCommands {
  create(caller: Caller, input: CreateImage): Promise<Accepted>;
  update(caller: Caller, input: UpdateImage): Promise<Accepted>;
  delete(caller: Caller, input: OnImage): Promise<Accepted>;
  verify(caller: Caller, input: OnImage): Promise<Accepted>;
}

/** What callers can have done that is about no instance and no image; the same promises. */
export interface ServerCommands {
  preflight(caller: Caller, input: RunPreflight): Promise<Accepted>;
}

/** What callers can do to operations; both answer with the operation as it then stands. */
export interface OperationCommands {
  /** Twice is once. CONFLICT when it is over. */
  cancel(caller: Caller, operationId: string): Promise<void>;
  /** CONFLICT when it is not FAILED, cannot be helped by trying again, or its name was taken meanwhile. */
  retry(caller: Caller, operationId: string): Promise<void>;
}
