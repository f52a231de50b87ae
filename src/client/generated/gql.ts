/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query ListInstances($first: Int, $after: String, $filter: InstanceFilter) {\n    instances(first: $first, after: $after, filter: $filter) {\n      nodes { ...InstanceFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.ListInstancesDocument,
    "\n  query ListImages($first: Int, $after: String, $filter: ImageFilter) {\n    images(first: $first, after: $after, filter: $filter) {\n      nodes { ...ImageFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.ListImagesDocument,
    "\n  query ListOperations($first: Int, $after: String, $filter: OperationFilter) {\n    operations(first: $first, after: $after, filter: $filter) {\n      nodes { ...OperationFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.ListOperationsDocument,
    "\n  query ImageFiles($id: ID!) { image(id: $id) { files { name sizeBytes sha256 } } }\n": typeof types.ImageFilesDocument,
    "\n  query ImageJobs($id: ID!) { image(id: $id) { operations(first: 20) { nodes { id jobs { id name state } } } } }\n": typeof types.ImageJobsDocument,
    "\n  subscription InstanceLogs($instanceId: ID!, $tailLines: Int, $follow: Boolean) {\n    instanceLogs(instanceId: $instanceId, tailLines: $tailLines, follow: $follow) { line at text }\n  }\n": typeof types.InstanceLogsDocument,
    "\n  query Credentials($instanceId: ID!) {\n    instanceCredentials(instanceId: $instanceId) { username password connectionString }\n  }\n": typeof types.CredentialsDocument,
    "query WhoAmI { viewer { name role } }": typeof types.WhoAmIDocument,
    "\n  query ServerFacts {\n    server { version platform postgresVersions imageMethods namespaces limits { pageSize depth aliases cost subscriptionsPerIdentity } }\n  }\n": typeof types.ServerFactsDocument,
    "query Diagnostics { diagnostics { name ok detail remedy } }": typeof types.DiagnosticsDocument,
    "\n  query Drift { drift(first: 100) { kind name namespace state reason firstSeen lastSeen } }\n": typeof types.DriftDocument,
    "\n  mutation RunPreflight($input: RunPreflightInput!) { runPreflight(input: $input) { operation { ...OperationFields } } }\n": typeof types.RunPreflightDocument,
    "\n  fragment InstanceFields on Instance {\n    id name resourceName namespace imageType postgresVersion storageGib exposure dnsLabel state health deletionProtection\n    labels { key value }\n    endpoint { host port dnsName connectionString }\n    failure { code message step }\n    createdAt updatedAt\n  }\n": typeof types.InstanceFieldsFragmentDoc,
    "\n  fragment ImageFields on Image {\n    id name description state method imageType postgresVersion sourceInstanceName sizeBytes databaseBytes sourceStorageGib\n    labels { key value }\n    databases { name owner sizeBytes }\n    verifiedAt takenAt protected expiresAt notices\n    failure { code message step }\n    createdAt\n  }\n": typeof types.ImageFieldsFragmentDoc,
    "\n  fragment StepFields on Step {\n    position name state attempt startedAt finishedAt\n    progress { percent bytesDone bytesTotal bytesPerSecond secondsLeft message }\n    failure { code message step }\n  }\n": typeof types.StepFieldsFragmentDoc,
    "\n  fragment OperationFields on Operation {\n    id kind workflowVersion state percent requestedBy secondsLeft notices\n    steps { ...StepFields }\n    jobs { id name state attempts exitCode startedAt finishedAt }\n    instance { id name state }\n    image { id name state }\n    failure { code message step }\n    createdAt startedAt finishedAt\n  }\n": typeof types.OperationFieldsFragmentDoc,
    "\n  query ReadOperation($id: ID!) { operation(id: $id) { ...OperationFields } }\n": typeof types.ReadOperationDocument,
    "\n  subscription FollowOperation($operationId: ID!, $after: Int) {\n    operationEvents(operationId: $operationId, after: $after) {\n      sequence at state percent step { ...StepFields }\n    }\n  }\n": typeof types.FollowOperationDocument,
    "\n  subscription FollowJobLogs($jobId: ID!, $tailLines: Int, $afterLine: Int, $follow: Boolean) {\n    jobLogBatches(jobId: $jobId, tailLines: $tailLines, afterLine: $afterLine, follow: $follow) {\n      jobId line attempt at text\n    }\n  }\n": typeof types.FollowJobLogsDocument,
    "\n  subscription FollowInstanceLogs($instanceId: ID!, $tailLines: Int, $since: DateTime, $follow: Boolean) {\n    instanceLogs(instanceId: $instanceId, tailLines: $tailLines, since: $since, follow: $follow) { line at text }\n  }\n": typeof types.FollowInstanceLogsDocument,
    "\n  mutation CreateInstance($input: CreateInstanceInput!) {\n    createInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n": typeof types.CreateInstanceDocument,
    "\n  mutation UpdateInstance($input: UpdateInstanceInput!) {\n    updateInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": typeof types.UpdateInstanceDocument,
    "\n  mutation DeleteInstance($input: DeleteInstanceInput!) {\n    deleteInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": typeof types.DeleteInstanceDocument,
    "\n  mutation StopInstance($input: StopInstanceInput!) {\n    stopInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": typeof types.StopInstanceDocument,
    "\n  mutation StartInstance($input: StartInstanceInput!) {\n    startInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": typeof types.StartInstanceDocument,
    "\n  mutation RestartInstance($input: RestartInstanceInput!) {\n    restartInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": typeof types.RestartInstanceDocument,
    "\n  mutation RotateCredentials($input: RotateCredentialsInput!) {\n    rotateCredentials(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n": typeof types.RotateCredentialsDocument,
    "\n  mutation CreateImage($input: CreateImageInput!) {\n    createImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } notices }\n  }\n": typeof types.CreateImageDocument,
    "\n  mutation UpdateImage($input: UpdateImageInput!) { updateImage(input: $input) { image { ...ImageFields } } }\n": typeof types.UpdateImageDocument,
    "\n  mutation DeleteImage($input: DeleteImageInput!) {\n    deleteImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } }\n  }\n": typeof types.DeleteImageDocument,
    "\n  mutation CancelOperation($input: CancelOperationInput!) {\n    cancelOperation(input: $input) { operation { ...OperationFields } }\n  }\n": typeof types.CancelOperationDocument,
    "\n  mutation RetryOperation($input: RetryOperationInput!) {\n    retryOperation(input: $input) { operation { ...OperationFields } }\n  }\n": typeof types.RetryOperationDocument,
    "\n  query FindInstance($id: ID, $name: String) { instance(id: $id, name: $name) { ...InstanceFields } }\n": typeof types.FindInstanceDocument,
    "\n  query FindImage($id: ID, $name: String) { image(id: $id, name: $name) { ...ImageFields } }\n": typeof types.FindImageDocument,
};
const documents: Documents = {
    "\n  query ListInstances($first: Int, $after: String, $filter: InstanceFilter) {\n    instances(first: $first, after: $after, filter: $filter) {\n      nodes { ...InstanceFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.ListInstancesDocument,
    "\n  query ListImages($first: Int, $after: String, $filter: ImageFilter) {\n    images(first: $first, after: $after, filter: $filter) {\n      nodes { ...ImageFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.ListImagesDocument,
    "\n  query ListOperations($first: Int, $after: String, $filter: OperationFilter) {\n    operations(first: $first, after: $after, filter: $filter) {\n      nodes { ...OperationFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.ListOperationsDocument,
    "\n  query ImageFiles($id: ID!) { image(id: $id) { files { name sizeBytes sha256 } } }\n": types.ImageFilesDocument,
    "\n  query ImageJobs($id: ID!) { image(id: $id) { operations(first: 20) { nodes { id jobs { id name state } } } } }\n": types.ImageJobsDocument,
    "\n  subscription InstanceLogs($instanceId: ID!, $tailLines: Int, $follow: Boolean) {\n    instanceLogs(instanceId: $instanceId, tailLines: $tailLines, follow: $follow) { line at text }\n  }\n": types.InstanceLogsDocument,
    "\n  query Credentials($instanceId: ID!) {\n    instanceCredentials(instanceId: $instanceId) { username password connectionString }\n  }\n": types.CredentialsDocument,
    "query WhoAmI { viewer { name role } }": types.WhoAmIDocument,
    "\n  query ServerFacts {\n    server { version platform postgresVersions imageMethods namespaces limits { pageSize depth aliases cost subscriptionsPerIdentity } }\n  }\n": types.ServerFactsDocument,
    "query Diagnostics { diagnostics { name ok detail remedy } }": types.DiagnosticsDocument,
    "\n  query Drift { drift(first: 100) { kind name namespace state reason firstSeen lastSeen } }\n": types.DriftDocument,
    "\n  mutation RunPreflight($input: RunPreflightInput!) { runPreflight(input: $input) { operation { ...OperationFields } } }\n": types.RunPreflightDocument,
    "\n  fragment InstanceFields on Instance {\n    id name resourceName namespace imageType postgresVersion storageGib exposure dnsLabel state health deletionProtection\n    labels { key value }\n    endpoint { host port dnsName connectionString }\n    failure { code message step }\n    createdAt updatedAt\n  }\n": types.InstanceFieldsFragmentDoc,
    "\n  fragment ImageFields on Image {\n    id name description state method imageType postgresVersion sourceInstanceName sizeBytes databaseBytes sourceStorageGib\n    labels { key value }\n    databases { name owner sizeBytes }\n    verifiedAt takenAt protected expiresAt notices\n    failure { code message step }\n    createdAt\n  }\n": types.ImageFieldsFragmentDoc,
    "\n  fragment StepFields on Step {\n    position name state attempt startedAt finishedAt\n    progress { percent bytesDone bytesTotal bytesPerSecond secondsLeft message }\n    failure { code message step }\n  }\n": types.StepFieldsFragmentDoc,
    "\n  fragment OperationFields on Operation {\n    id kind workflowVersion state percent requestedBy secondsLeft notices\n    steps { ...StepFields }\n    jobs { id name state attempts exitCode startedAt finishedAt }\n    instance { id name state }\n    image { id name state }\n    failure { code message step }\n    createdAt startedAt finishedAt\n  }\n": types.OperationFieldsFragmentDoc,
    "\n  query ReadOperation($id: ID!) { operation(id: $id) { ...OperationFields } }\n": types.ReadOperationDocument,
    "\n  subscription FollowOperation($operationId: ID!, $after: Int) {\n    operationEvents(operationId: $operationId, after: $after) {\n      sequence at state percent step { ...StepFields }\n    }\n  }\n": types.FollowOperationDocument,
    "\n  subscription FollowJobLogs($jobId: ID!, $tailLines: Int, $afterLine: Int, $follow: Boolean) {\n    jobLogBatches(jobId: $jobId, tailLines: $tailLines, afterLine: $afterLine, follow: $follow) {\n      jobId line attempt at text\n    }\n  }\n": types.FollowJobLogsDocument,
    "\n  subscription FollowInstanceLogs($instanceId: ID!, $tailLines: Int, $since: DateTime, $follow: Boolean) {\n    instanceLogs(instanceId: $instanceId, tailLines: $tailLines, since: $since, follow: $follow) { line at text }\n  }\n": types.FollowInstanceLogsDocument,
    "\n  mutation CreateInstance($input: CreateInstanceInput!) {\n    createInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n": types.CreateInstanceDocument,
    "\n  mutation UpdateInstance($input: UpdateInstanceInput!) {\n    updateInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": types.UpdateInstanceDocument,
    "\n  mutation DeleteInstance($input: DeleteInstanceInput!) {\n    deleteInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": types.DeleteInstanceDocument,
    "\n  mutation StopInstance($input: StopInstanceInput!) {\n    stopInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": types.StopInstanceDocument,
    "\n  mutation StartInstance($input: StartInstanceInput!) {\n    startInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": types.StartInstanceDocument,
    "\n  mutation RestartInstance($input: RestartInstanceInput!) {\n    restartInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n": types.RestartInstanceDocument,
    "\n  mutation RotateCredentials($input: RotateCredentialsInput!) {\n    rotateCredentials(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n": types.RotateCredentialsDocument,
    "\n  mutation CreateImage($input: CreateImageInput!) {\n    createImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } notices }\n  }\n": types.CreateImageDocument,
    "\n  mutation UpdateImage($input: UpdateImageInput!) { updateImage(input: $input) { image { ...ImageFields } } }\n": types.UpdateImageDocument,
    "\n  mutation DeleteImage($input: DeleteImageInput!) {\n    deleteImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } }\n  }\n": types.DeleteImageDocument,
    "\n  mutation CancelOperation($input: CancelOperationInput!) {\n    cancelOperation(input: $input) { operation { ...OperationFields } }\n  }\n": types.CancelOperationDocument,
    "\n  mutation RetryOperation($input: RetryOperationInput!) {\n    retryOperation(input: $input) { operation { ...OperationFields } }\n  }\n": types.RetryOperationDocument,
    "\n  query FindInstance($id: ID, $name: String) { instance(id: $id, name: $name) { ...InstanceFields } }\n": types.FindInstanceDocument,
    "\n  query FindImage($id: ID, $name: String) { image(id: $id, name: $name) { ...ImageFields } }\n": types.FindImageDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListInstances($first: Int, $after: String, $filter: InstanceFilter) {\n    instances(first: $first, after: $after, filter: $filter) {\n      nodes { ...InstanceFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').ListInstancesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListImages($first: Int, $after: String, $filter: ImageFilter) {\n    images(first: $first, after: $after, filter: $filter) {\n      nodes { ...ImageFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').ListImagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListOperations($first: Int, $after: String, $filter: OperationFilter) {\n    operations(first: $first, after: $after, filter: $filter) {\n      nodes { ...OperationFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').ListOperationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ImageFiles($id: ID!) { image(id: $id) { files { name sizeBytes sha256 } } }\n"): typeof import('./graphql.ts').ImageFilesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ImageJobs($id: ID!) { image(id: $id) { operations(first: 20) { nodes { id jobs { id name state } } } } }\n"): typeof import('./graphql.ts').ImageJobsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription InstanceLogs($instanceId: ID!, $tailLines: Int, $follow: Boolean) {\n    instanceLogs(instanceId: $instanceId, tailLines: $tailLines, follow: $follow) { line at text }\n  }\n"): typeof import('./graphql.ts').InstanceLogsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Credentials($instanceId: ID!) {\n    instanceCredentials(instanceId: $instanceId) { username password connectionString }\n  }\n"): typeof import('./graphql.ts').CredentialsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query WhoAmI { viewer { name role } }"): typeof import('./graphql.ts').WhoAmIDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ServerFacts {\n    server { version platform postgresVersions imageMethods namespaces limits { pageSize depth aliases cost subscriptionsPerIdentity } }\n  }\n"): typeof import('./graphql.ts').ServerFactsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Diagnostics { diagnostics { name ok detail remedy } }"): typeof import('./graphql.ts').DiagnosticsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Drift { drift(first: 100) { kind name namespace state reason firstSeen lastSeen } }\n"): typeof import('./graphql.ts').DriftDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RunPreflight($input: RunPreflightInput!) { runPreflight(input: $input) { operation { ...OperationFields } } }\n"): typeof import('./graphql.ts').RunPreflightDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment InstanceFields on Instance {\n    id name resourceName namespace imageType postgresVersion storageGib exposure dnsLabel state health deletionProtection\n    labels { key value }\n    endpoint { host port dnsName connectionString }\n    failure { code message step }\n    createdAt updatedAt\n  }\n"): typeof import('./graphql.ts').InstanceFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ImageFields on Image {\n    id name description state method imageType postgresVersion sourceInstanceName sizeBytes databaseBytes sourceStorageGib\n    labels { key value }\n    databases { name owner sizeBytes }\n    verifiedAt takenAt protected expiresAt notices\n    failure { code message step }\n    createdAt\n  }\n"): typeof import('./graphql.ts').ImageFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment StepFields on Step {\n    position name state attempt startedAt finishedAt\n    progress { percent bytesDone bytesTotal bytesPerSecond secondsLeft message }\n    failure { code message step }\n  }\n"): typeof import('./graphql.ts').StepFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment OperationFields on Operation {\n    id kind workflowVersion state percent requestedBy secondsLeft notices\n    steps { ...StepFields }\n    jobs { id name state attempts exitCode startedAt finishedAt }\n    instance { id name state }\n    image { id name state }\n    failure { code message step }\n    createdAt startedAt finishedAt\n  }\n"): typeof import('./graphql.ts').OperationFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadOperation($id: ID!) { operation(id: $id) { ...OperationFields } }\n"): typeof import('./graphql.ts').ReadOperationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FollowOperation($operationId: ID!, $after: Int) {\n    operationEvents(operationId: $operationId, after: $after) {\n      sequence at state percent step { ...StepFields }\n    }\n  }\n"): typeof import('./graphql.ts').FollowOperationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FollowJobLogs($jobId: ID!, $tailLines: Int, $afterLine: Int, $follow: Boolean) {\n    jobLogBatches(jobId: $jobId, tailLines: $tailLines, afterLine: $afterLine, follow: $follow) {\n      jobId line attempt at text\n    }\n  }\n"): typeof import('./graphql.ts').FollowJobLogsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FollowInstanceLogs($instanceId: ID!, $tailLines: Int, $since: DateTime, $follow: Boolean) {\n    instanceLogs(instanceId: $instanceId, tailLines: $tailLines, since: $since, follow: $follow) { line at text }\n  }\n"): typeof import('./graphql.ts').FollowInstanceLogsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateInstance($input: CreateInstanceInput!) {\n    createInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n"): typeof import('./graphql.ts').CreateInstanceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateInstance($input: UpdateInstanceInput!) {\n    updateInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').UpdateInstanceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteInstance($input: DeleteInstanceInput!) {\n    deleteInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').DeleteInstanceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StopInstance($input: StopInstanceInput!) {\n    stopInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').StopInstanceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StartInstance($input: StartInstanceInput!) {\n    startInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').StartInstanceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RestartInstance($input: RestartInstanceInput!) {\n    restartInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').RestartInstanceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RotateCredentials($input: RotateCredentialsInput!) {\n    rotateCredentials(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n"): typeof import('./graphql.ts').RotateCredentialsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateImage($input: CreateImageInput!) {\n    createImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } notices }\n  }\n"): typeof import('./graphql.ts').CreateImageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateImage($input: UpdateImageInput!) { updateImage(input: $input) { image { ...ImageFields } } }\n"): typeof import('./graphql.ts').UpdateImageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteImage($input: DeleteImageInput!) {\n    deleteImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').DeleteImageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelOperation($input: CancelOperationInput!) {\n    cancelOperation(input: $input) { operation { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').CancelOperationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryOperation($input: RetryOperationInput!) {\n    retryOperation(input: $input) { operation { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').RetryOperationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FindInstance($id: ID, $name: String) { instance(id: $id, name: $name) { ...InstanceFields } }\n"): typeof import('./graphql.ts').FindInstanceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FindImage($id: ID, $name: String) { image(id: $id, name: $name) { ...ImageFields } }\n"): typeof import('./graphql.ts').FindImageDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
