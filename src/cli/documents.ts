import { graphql } from '../client/generated/index.ts';

export const LIST_INSTANCES = graphql(`
  query ListInstances($first: Int, $after: String, $filter: InstanceFilter) {
    instances(first: $first, after: $after, filter: $filter) {
      nodes { ...InstanceFields } pageInfo { hasNextPage endCursor }
    }
  }
`);
export const LIST_IMAGES = graphql(`
  query ListImages($first: Int, $after: String, $filter: ImageFilter) {
    images(first: $first, after: $after, filter: $filter) {
      nodes { ...ImageFields } pageInfo { hasNextPage endCursor }
    }
  }
`);
export const LIST_OPERATIONS = graphql(`
  query ListOperations($first: Int, $after: String, $filter: OperationFilter) {
    operations(first: $first, after: $after, filter: $filter) {
      nodes { ...OperationFields } pageInfo { hasNextPage endCursor }
    }
  }
`);
export const IMAGE_FILES = graphql(`
  query ImageFiles($id: ID!) { image(id: $id) { files { name sizeBytes sha256 } } }
`);
export const IMAGE_JOBS = graphql(`
  query ImageJobs($id: ID!) { image(id: $id) { operations(first: 20) { nodes { id jobs { id name state } } } } }
`);
export const INSTANCE_LOGS = graphql(`
  subscription InstanceLogs($instanceId: ID!, $tailLines: Int, $follow: Boolean) {
    instanceLogs(instanceId: $instanceId, tailLines: $tailLines, follow: $follow) { line at text }
  }
`);
export const CREDENTIALS = graphql(`
  query Credentials($instanceId: ID!) {
    instanceCredentials(instanceId: $instanceId) { username password connectionString }
  }
`);
export const VIEWER = graphql(`query WhoAmI { viewer { name role } }`);
export const SERVER = graphql(`
  query ServerFacts {
    server { version platform postgresVersions imageMethods namespaces limits { pageSize depth aliases cost subscriptionsPerIdentity } }
  }
`);
export const DIAGNOSTICS = graphql(`query Diagnostics { diagnostics { name ok detail remedy } }`);
export const DRIFT = graphql(`
  query Drift { drift(first: 100) { kind name namespace state reason firstSeen lastSeen } }
`);
export const RUN_PREFLIGHT = graphql(`
  mutation RunPreflight($input: RunPreflightInput!) { runPreflight(input: $input) { operation { ...OperationFields } } }
`);
