/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

/** A label to set or to search for; both parts in the form of Kubernetes labels. */
export type LabelInput = {
  /** At most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends; a DNS domain and "/" may stand before it. */
  key: string;
  /** Empty, or at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends. */
  value: string;
};

/** Who wants to sign in. */
export type LoginInput = {
  /** As it is. */
  password: string;
  /** In any case of its letters. */
  username: string;
};

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

/** What a caller may do: read, operate, or administer. */
export type Role =
  /** May do everything: users, the audit log, the superuser's login. */
  | 'ADMIN'
  /** May also change instances, images and schedules, and read logs and the owner's login. */
  | 'OPERATOR'
  /** May read all but credentials, logs and the audit log. */
  | 'VIEWER';

/** How much it matters. */
export type Severity =
  /** Data is missing or at stake. */
  | 'CRITICAL'
  /** Another form with the same behaviour. */
  | 'INFO'
  /** Something is missing, empty or not enforced, or needs a look. */
  | 'WARNING';

export type ChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type ChangesSubscription = { changes: { cursor: string, instance: { id: string, name: string, state: InstanceState, health: HealthStatus, imageType: ImageType, postgresVersion: string, storageGib: number, exposure: Exposure, deletionProtection: boolean, createdAt: string, updatedAt: string, labels: Array<{ key: string, value: string }>, endpoint: { host: string, port: number, dnsName: string | null, connectionString: string } | null, failure: { code: string, message: string, step: string | null } | null, readiness: { status: ReadinessStatus, reasons: Array<string>, dataAgeSeconds: number | null, recoverySeconds: number | null, newestImage: { id: string, name: string, takenAt: string | null, verifiedAt: string | null } | null } } | null, image: { id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null } | null, operation: { id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null } | null, alert: { id: string, kind: AlertKind, severity: Severity, message: string, remedy: string | null, openedAt: string, resolvedAt: string | null } | null, schedule: { id: string, name: string, enabled: boolean } | null } };

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { viewer: { name: string, role: Role, scope: Array<{ key: string, value: string }> }, server: { version: string, platform: string, postgresVersions: Array<string>, imageMethods: Array<ImageMethod>, namespaces: Array<string>, limits: { pageSize: number } } };

export type SignInMutationVariables = Exact<{
  input: LoginInput;
}>;


export type SignInMutation = { login: { expiresAt: string, viewer: { name: string, role: Role } } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { logout: { ok: boolean } };

export type FailureFieldsFragment = { code: string, message: string, step: string | null };

export type InstanceRowFragment = { id: string, name: string, state: InstanceState, health: HealthStatus, imageType: ImageType, postgresVersion: string, storageGib: number, exposure: Exposure, deletionProtection: boolean, createdAt: string, updatedAt: string, labels: Array<{ key: string, value: string }>, endpoint: { host: string, port: number, dnsName: string | null, connectionString: string } | null, failure: { code: string, message: string, step: string | null } | null, readiness: { status: ReadinessStatus, reasons: Array<string>, dataAgeSeconds: number | null, recoverySeconds: number | null, newestImage: { id: string, name: string, takenAt: string | null, verifiedAt: string | null } | null } };

export type ImageRowFragment = { id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null };

export type OperationRowFragment = { id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null };

export type ImagesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: ImageFilter | null | undefined;
}>;


export type ImagesQuery = { images: { totalCount: number, nodes: Array<{ id: string, name: string, state: ImageState, method: ImageMethod, imageType: ImageType, postgresVersion: string, sourceInstanceName: string, sizeBytes: number | null, databaseBytes: number | null, createdAt: string, takenAt: string | null, verifiedAt: string | null, protected: boolean, expiresAt: string | null, description: string | null, sourceStorageGib: number, labels: Array<{ key: string, value: string }>, sourceInstance: { id: string, name: string, state: InstanceState } | null, failure: { code: string, message: string, step: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type InstancesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: InstanceFilter | null | undefined;
}>;


export type InstancesQuery = { instances: { totalCount: number, nodes: Array<{ id: string, name: string, state: InstanceState, health: HealthStatus, imageType: ImageType, postgresVersion: string, storageGib: number, exposure: Exposure, deletionProtection: boolean, createdAt: string, updatedAt: string, labels: Array<{ key: string, value: string }>, endpoint: { host: string, port: number, dnsName: string | null, connectionString: string } | null, failure: { code: string, message: string, step: string | null } | null, readiness: { status: ReadinessStatus, reasons: Array<string>, dataAgeSeconds: number | null, recoverySeconds: number | null, newestImage: { id: string, name: string, takenAt: string | null, verifiedAt: string | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type OperationsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: OperationFilter | null | undefined;
}>;


export type OperationsQuery = { operations: { totalCount: number, nodes: Array<{ id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type RunningOperationsQueryVariables = Exact<{ [key: string]: never; }>;


export type RunningOperationsQuery = { operations: { totalCount: number, nodes: Array<{ id: string, kind: OperationKind, state: OperationState, percent: number, secondsLeft: number | null, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, instance: { id: string, name: string } | null, image: { id: string, name: string } | null, failure: { code: string, message: string, step: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type FindQueryVariables = Exact<{
  name: string;
}>;


export type FindQuery = { instances: { nodes: Array<{ id: string, name: string, state: InstanceState }> }, images: { nodes: Array<{ id: string, name: string, state: ImageState, sourceInstanceName: string }> } };

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
}`) as unknown as TypedDocumentString<ImagesQuery, ImagesQueryVariables>;
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
    }
  }
}`) as unknown as TypedDocumentString<InstancesQuery, InstancesQueryVariables>;
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
    query Find($name: String!) {
  instances(
    first: 8
    filter: {nameContains: $name, state: [CREATING, RUNNING, STOPPED, FAILED, DELETING]}
  ) {
    nodes {
      id
      name
      state
    }
  }
  images(
    first: 8
    filter: {nameContains: $name, state: [CREATING, AVAILABLE, FAILED, DELETING]}
  ) {
    nodes {
      id
      name
      state
      sourceInstanceName
    }
  }
}
    `) as unknown as TypedDocumentString<FindQuery, FindQueryVariables>;
export const FindByIdDocument = new TypedDocumentString(`
    query FindById($id: ID!) {
  node(id: $id) {
    __typename
    id
  }
}
    `) as unknown as TypedDocumentString<FindByIdQuery, FindByIdQueryVariables>;