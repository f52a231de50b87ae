import type { ImageRecord, InstanceRecord, ServerEndpoint } from '../../jobs/ports/records.ts';
import type { FindingFacts } from '../../schema/rules/finding-rules.ts';
import type { Scope } from '../../schema/rules/scope-rules.ts';
import type {
  ImageMethod,
  ImageState,
  InstanceState,
  OperationKind,
  OperationState,
  ReadinessStatus,
} from '../../schema/states.ts';
import type { ImageFileRecord, JobRecord, OperationRecord, WeighedStep } from './records.ts';

/** Where in a list, newest first, a page begins: the creation time and id of the row before it. */
export interface Cursor {
  /** RFC 3339 with milliseconds. */
  readonly createdAt: string;
  readonly id: string;
}

export interface PageRequest {
  /** 1 to 100. */
  readonly first: number;
  readonly after: Cursor | null;
  /** False: nobody asks for the totals, which cost a count of the whole list; they are 0 and false then. Default true. */
  readonly counted?: boolean;
  /** True: nothing is asked of the rows but what is brief (`brief.ts`), and nothing else may be read of them. Default false. */
  readonly brief?: boolean;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number;
}

/** When the rows of a list were created; a bound itself is outside. */
interface Span {
  readonly createdBefore?: Date | null | undefined;
  readonly createdAfter?: Date | null | undefined;
}

export interface InstanceCriteria extends Span {
  readonly state?: readonly InstanceState[] | null | undefined;
  readonly nameContains?: string | null | undefined;
  readonly nameStartsWith?: string | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
  readonly readiness?: readonly ReadinessStatus[] | null | undefined;
}

export interface ImageCriteria extends Span {
  readonly state?: readonly ImageState[] | null | undefined;
  readonly nameContains?: string | null | undefined;
  readonly nameStartsWith?: string | null | undefined;
  readonly sourceInstanceId?: string | null | undefined;
  readonly method?: readonly ImageMethod[] | null | undefined;
  readonly scheduleId?: string | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
}

export interface OperationCriteria extends Span {
  readonly state?: readonly OperationState[] | null | undefined;
  readonly kind?: readonly OperationKind[] | null | undefined;
  readonly instanceId?: string | null | undefined;
  readonly imageId?: string | null | undefined;
}

export interface InstanceLogin {
  readonly username: string;
  readonly password: string;
  /** What the login connects to. */
  readonly database: string;
  /** Where the server listens, or listened before it was stopped; null until it has an address. */
  readonly endpoint: ServerEndpoint | null;
}

/**
 * Reads of instances. DELETED ones are in a page only when the criteria name that state; by id they are found.
 * Each method is one SQL statement (a page with its count: at most two), however many keys it is given; the plural
 * methods answer in the order of their keys. Ids are UUIDs: the caller has sorted out what is not one.
 */
export interface InstanceQueries {
  byIds(ids: readonly string[]): Promise<readonly (InstanceRecord | null)[]>;
  /** The present holder of a name; one that is DELETED or FAILED holds none and is found by its id. */
  byName(name: string): Promise<InstanceRecord | null>;
  page(criteria: InstanceCriteria, page: PageRequest): Promise<Page<InstanceRecord>>;
  /** The superuser's login in the clear; NOT_FOUND for an unknown or deleted instance. */
  credentials(id: string): Promise<InstanceLogin>;
  /** The same of the login that is no superuser; null where the server has none. */
  ownerCredentials(id: string): Promise<InstanceLogin | null>;
}

/** Reads of images; the same promises. */
export interface ImageQueries {
  byIds(ids: readonly string[]): Promise<readonly (ImageRecord | null)[]>;
  byName(name: string): Promise<ImageRecord | null>;
  page(criteria: ImageCriteria, page: PageRequest): Promise<Page<ImageRecord>>;
  /** One page for each source instance, DELETED images left out. */
  pagesOfInstances(instanceIds: readonly string[], page: PageRequest): Promise<readonly Page<ImageRecord>[]>;
  /** The same for each schedule that took them. */
  pagesOfSchedules(scheduleIds: readonly string[], page: PageRequest): Promise<readonly Page<ImageRecord>[]>;
  files(imageIds: readonly string[]): Promise<readonly (readonly ImageFileRecord[])[]>;
}

/** Reads of operations; the same promises. */
export interface OperationQueries {
  byIds(ids: readonly string[]): Promise<readonly (OperationRecord | null)[]>;
  page(criteria: OperationCriteria, page: PageRequest): Promise<Page<OperationRecord>>;
  pagesOfInstances(instanceIds: readonly string[], page: PageRequest): Promise<readonly Page<OperationRecord>[]>;
  pagesOfImages(imageIds: readonly string[], page: PageRequest): Promise<readonly Page<OperationRecord>[]>;
  steps(operationIds: readonly string[]): Promise<readonly (readonly WeighedStep[])[]>;
  jobs(operationIds: readonly string[]): Promise<readonly (readonly JobRecord[])[]>;
  /** What the steps of each said to users, in their order. */
  notices(operationIds: readonly string[]): Promise<readonly (readonly string[])[]>;
  /** What the steps of each found, in their order. */
  findings(operationIds: readonly string[]): Promise<readonly (readonly FindingFacts[])[]>;
  job(id: string): Promise<JobRecord | null>;
}

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** False where nothing was tried yet, and nothing is known to be broken. Left out: it is known. */
  readonly known?: boolean;
  readonly detail: string;
  readonly remedy: string | null;
}

export interface ConnectionFinding {
  readonly ok: boolean;
  readonly serverVersion: string | null;
  readonly latencyMs: number | null;
  readonly durableWorkerRunning: boolean | null;
  readonly durableWorkerDetail?: string | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** What a server says of itself; how much may be asked of it the API adds. */
export interface ServerFacts {
  readonly version: string;
  readonly platform: string;
  /** Newest first. */
  readonly postgresVersions: readonly string[];
  readonly imageMethods: readonly ImageMethod[];
  /** The default first. */
  readonly namespaces: readonly string[];
}

/** Looks at the world outside the records. */
export interface Checks {
  /** Connects as a client would; a refused connection is a finding, not an error. NOT_FOUND for an unknown instance. */
  connection(instanceId: string): Promise<ConnectionFinding>;
  /** Names and counts no instance outside of the scope; without one, of all. */
  diagnostics(scope?: Scope): Promise<readonly Finding[]>;
  /** What certificates of servers are verified by, PEM. */
  certificateAuthority(): Promise<string>;
  /** Asks the platform anew what it offers. */
  server(): Promise<ServerFacts>;
}
