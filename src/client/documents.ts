import { graphql } from './generated/index.ts';

export const INSTANCE_FIELDS = graphql(`
  fragment InstanceFields on Instance {
    id name resourceName namespace imageType postgresVersion storageGib exposure dnsLabel state health deletionProtection
    labels { key value }
    parameters { name value } pendingRestart connectionSecret
    resources { cpuRequestMillicores cpuLimitMillicores memoryRequestMib memoryLimitMib }
    storageClass nodeSelector { key value } tolerations { key value effect } priorityClass
    endpoint { host port dnsName connectionString }
    failure { code message step }
    createdAt updatedAt
  }
`);

export const IMAGE_FIELDS = graphql(`
  fragment ImageFields on Image {
    id name description state method imageType postgresVersion sourceInstanceName sizeBytes databaseBytes sourceStorageGib
    labels { key value }
    databases { name owner sizeBytes }
    verifiedAt takenAt encrypted protected expiresAt notices
    failure { code message step }
    createdAt
  }
`);

export const STEP_FIELDS = graphql(`
  fragment StepFields on Step {
    position name state attempt startedAt finishedAt
    progress { percent bytesDone bytesTotal bytesPerSecond secondsLeft message }
    failure { code message step }
  }
`);

export const OPERATION_FIELDS = graphql(`
  fragment OperationFields on Operation {
    id kind workflowVersion state percent requestedBy secondsLeft notices
    steps { ...StepFields }
    jobs { id name state attempts exitCode startedAt finishedAt }
    instance { id name state }
    image { id name state }
    failure { code message step }
    createdAt startedAt finishedAt
  }
`);

export const READ_OPERATION = graphql(`
  query ReadOperation($id: ID!) { operation(id: $id) { ...OperationFields } }
`);

export const FOLLOW_OPERATION = graphql(`
  subscription FollowOperation($operationId: ID!, $after: Int) {
    operationEvents(operationId: $operationId, after: $after) {
      sequence at state percent step { ...StepFields }
    }
  }
`);

export const FOLLOW_JOB_LOGS = graphql(`
  subscription FollowJobLogs($jobId: ID!, $tailLines: Int, $afterLine: Int, $follow: Boolean) {
    jobLogBatches(jobId: $jobId, tailLines: $tailLines, afterLine: $afterLine, follow: $follow) {
      jobId line attempt at text
    }
  }
`);

export const FOLLOW_INSTANCE_LOGS = graphql(`
  subscription FollowInstanceLogs($instanceId: ID!, $tailLines: Int, $since: DateTime, $follow: Boolean) {
    instanceLogBatches(instanceId: $instanceId, tailLines: $tailLines, since: $since, follow: $follow) { line at text }
  }
`);

export const CREATE_INSTANCE = graphql(`
  mutation CreateInstance($input: CreateInstanceInput!) {
    createInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }
  }
`);
export const UPDATE_INSTANCE = graphql(`
  mutation UpdateInstance($input: UpdateInstanceInput!) {
    updateInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }
  }
`);
export const DELETE_INSTANCE = graphql(`
  mutation DeleteInstance($input: DeleteInstanceInput!) {
    deleteInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }
  }
`);
export const STOP_INSTANCE = graphql(`
  mutation StopInstance($input: StopInstanceInput!) {
    stopInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }
  }
`);
export const START_INSTANCE = graphql(`
  mutation StartInstance($input: StartInstanceInput!) {
    startInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }
  }
`);
export const RESTART_INSTANCE = graphql(`
  mutation RestartInstance($input: RestartInstanceInput!) {
    restartInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } }
  }
`);
export const ROTATE_CREDENTIALS = graphql(`
  mutation RotateCredentials($input: RotateCredentialsInput!) {
    rotateCredentials(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }
  }
`);
export const CREATE_IMAGE = graphql(`
  mutation CreateImage($input: CreateImageInput!) {
    createImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } notices }
  }
`);
export const UPDATE_IMAGE = graphql(`
  mutation UpdateImage($input: UpdateImageInput!) { updateImage(input: $input) { image { ...ImageFields } } }
`);
export const DELETE_IMAGE = graphql(`
  mutation DeleteImage($input: DeleteImageInput!) {
    deleteImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } }
  }
`);
export const CANCEL_OPERATION = graphql(`
  mutation CancelOperation($input: CancelOperationInput!) {
    cancelOperation(input: $input) { operation { ...OperationFields } }
  }
`);
export const RETRY_OPERATION = graphql(`
  mutation RetryOperation($input: RetryOperationInput!) {
    retryOperation(input: $input) { operation { ...OperationFields } }
  }
`);
export const FIND_INSTANCE = graphql(`
  query FindInstance($id: ID, $name: String) { instance(id: $id, name: $name) { ...InstanceFields } }
`);
export const FIND_IMAGE = graphql(`
  query FindImage($id: ID, $name: String) { image(id: $id, name: $name) { ...ImageFields } }
`);
