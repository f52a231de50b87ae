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
    "\n  fragment AuditRow on AuditEntry { id at action outcome code target detail address actor { kind id name } }\n": typeof types.AuditRowFragmentDoc,
    "\n  query ListAudit($first: Int, $filter: AuditFilter) { auditLog(first: $first, filter: $filter) { nodes { ...AuditRow } } }\n": typeof types.ListAuditDocument,
    "\n  fragment TokenFields on ApiToken {\n    id name prefix role scope { key value } createdBy { kind name } createdAt lastUsedAt expiresAt revokedAt\n  }\n": typeof types.TokenFieldsFragmentDoc,
    "\n  query ListTokens($first: Int, $after: String) {\n    apiTokens(first: $first, after: $after) { nodes { ...TokenFields } pageInfo { hasNextPage endCursor } }\n  }\n": typeof types.ListTokensDocument,
    "\n  mutation CreateToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { apiToken { ...TokenFields } token } }\n": typeof types.CreateTokenDocument,
    "\n  mutation RevokeToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { ...TokenFields } notices } }\n": typeof types.RevokeTokenDocument,
    "\n  fragment UserFields on User { id username role enabled scope { key value } createdAt lastLoginAt }\n": typeof types.UserFieldsFragmentDoc,
    "\n  query ListUsers($first: Int, $after: String) {\n    users(first: $first, after: $after) { nodes { ...UserFields } pageInfo { hasNextPage endCursor } }\n  }\n": typeof types.ListUsersDocument,
    "\n  mutation CreateUser($input: CreateUserInput!) { createUser(input: $input) { user { ...UserFields } password } }\n": typeof types.CreateUserDocument,
    "\n  mutation UpdateUser($input: UpdateUserInput!) { updateUser(input: $input) { user { ...UserFields } } }\n": typeof types.UpdateUserDocument,
    "mutation DeleteUser($input: DeleteUserInput!) { deleteUser(input: $input) { id } }": typeof types.DeleteUserDocument,
    "\n  fragment AlertFields on Alert {\n    id kind severity message remedy openedAt resolvedAt\n    instance { id name } image { id name } schedule { id name } operation { id }\n  }\n": typeof types.AlertFieldsFragmentDoc,
    "\n  query ListAlerts($first: Int, $after: String, $open: Boolean) {\n    alerts(first: $first, after: $after, open: $open) { nodes { ...AlertFields } pageInfo { hasNextPage endCursor } }\n  }\n": typeof types.ListAlertsDocument,
    "\n  query ReadAlert($id: ID!) { node(id: $id) { ... on Alert { ...AlertFields } } }\n": typeof types.ReadAlertDocument,
    "\n  fragment DrillFields on Drill {\n    id state startedAt finishedAt recoverySeconds databasesCompared tablesCompared rowsCompared\n    image { id name sourceInstanceName } operation { id }\n  }\n": typeof types.DrillFieldsFragmentDoc,
    "\n  query ReadDrill($id: ID!) {\n    drill(id: $id) { ...DrillFields findings { code severity database object message remedy } }\n  }\n": typeof types.ReadDrillDocument,
    "\n  query DrillsOfImage($id: ID!) { image(id: $id) { drills(first: 100) { ...DrillFields } } }\n": typeof types.DrillsOfImageDocument,
    "\n  query DrillsOfImages($first: Int, $after: String, $filter: ImageFilter) {\n    images(first: $first, after: $after, filter: $filter) {\n      nodes { drills(first: 20) { ...DrillFields } } pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.DrillsOfImagesDocument,
    "\n  query ImageFiles($id: ID!) { image(id: $id) { files { name sizeBytes sha256 } } }\n": typeof types.ImageFilesDocument,
    "\n  query ImageJobs($id: ID!) { image(id: $id) { operations(first: 20) { nodes { id jobs { id name state } } } } }\n": typeof types.ImageJobsDocument,
    "\n  mutation VerifyImage($input: VerifyImageInput!) {\n    verifyImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } }\n  }\n": typeof types.VerifyImageDocument,
    "\n  query ListImages($first: Int, $after: String, $filter: ImageFilter) {\n    images(first: $first, after: $after, filter: $filter) {\n      nodes { ...ImageFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.ListImagesDocument,
    "\n  query CheckConnection($instanceId: ID!) {\n    checkConnection(instanceId: $instanceId) {\n      ok latencyMs serverVersion failure { code message } durableWorkerRunning durableWorkerDetail\n    }\n  }\n": typeof types.CheckConnectionDocument,
    "\n  query InstanceHealth($id: ID!, $first: Int) {\n    instance(id: $id) { healthChecks(first: $first) { at status latencyMs message } }\n  }\n": typeof types.InstanceHealthDocument,
    "\n  query ListInstances($first: Int, $after: String, $filter: InstanceFilter) {\n    instances(first: $first, after: $after, filter: $filter) {\n      nodes { ...InstanceFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.ListInstancesDocument,
    "\n  query Credentials($instanceId: ID!, $login: Login) {\n    instanceCredentials(instanceId: $instanceId, login: $login) { username password connectionString }\n  }\n": typeof types.CredentialsDocument,
    "query WhoAmI { viewer { name role } }": typeof types.WhoAmIDocument,
    "mutation RevokeOwnToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { id } } }": typeof types.RevokeOwnTokenDocument,
    "\n  query ListOperations($first: Int, $filter: OperationFilter) {\n    operations(first: $first, filter: $filter) { nodes { ...OperationFields } }\n  }\n": typeof types.ListOperationsDocument,
    "\n  mutation CreateSchedule($input: CreateScheduleInput!) { createSchedule(input: $input) { schedule { ...ScheduleFields } } }\n": typeof types.CreateScheduleDocument,
    "\n  mutation UpdateSchedule($input: UpdateScheduleInput!) { updateSchedule(input: $input) { schedule { ...ScheduleFields } } }\n": typeof types.UpdateScheduleDocument,
    "\n  mutation DeleteSchedule($input: DeleteScheduleInput!) { deleteSchedule(input: $input) { id } }\n": typeof types.DeleteScheduleDocument,
    "\n  query ListSchedules($first: Int, $after: String) {\n    schedules(first: $first, after: $after) { nodes { ...ScheduleFields } pageInfo { hasNextPage endCursor } }\n  }\n": typeof types.ListSchedulesDocument,
    "\n  query ListScheduleRuns($id: ID!, $first: Int) { schedule(id: $id) { runs(first: $first) { nodes { ...ScheduleRunFields } } } }\n": typeof types.ListScheduleRunsDocument,
    "\n  query PreviewRetention($input: RetentionPreviewInput!) {\n    retentionPreview(input: $input) {\n      keep { image { id name sourceInstanceName takenAt sizeBytes } because }\n      remove { id name sourceInstanceName takenAt sizeBytes }\n      freedBytes\n    }\n  }\n": typeof types.PreviewRetentionDocument,
    "\n  fragment ScheduleFields on Schedule {\n    id name cron timeZone enabled method drillEvery concurrency createdAt nextRunsAt\n    selector { key value }\n    instance { id name }\n    retention { keepLast keepHourly keepDaily keepWeekly keepMonthly keepYearly keepDays }\n  }\n": typeof types.ScheduleFieldsFragmentDoc,
    "\n  fragment ScheduleRunFields on ScheduleRun {\n    id dueAt startedAt finishedAt state message operations { id kind state percent instance { name } image { name } }\n  }\n": typeof types.ScheduleRunFieldsFragmentDoc,
    "\n  query FindSchedule($id: ID, $name: String) { schedule(id: $id, name: $name) { ...ScheduleFields } }\n": typeof types.FindScheduleDocument,
    "\n  mutation RunSchedule($input: RunScheduleInput!) { runSchedule(input: $input) { run { ...ScheduleRunFields } } }\n": typeof types.RunScheduleDocument,
    "\n  query ReadScheduleRun($id: ID!) { schedule(id: $id) { runs(first: 20) { nodes { ...ScheduleRunFields } } } }\n": typeof types.ReadScheduleRunDocument,
    "\n  query ServerStatus {\n    server { version platform postgresVersions imageMethods namespaces limits { pageSize depth aliases cost subscriptionsPerIdentity } }\n    viewer { name role scope { key value } }\n  }\n": typeof types.ServerStatusDocument,
    "query Diagnostics { diagnostics { name ok known detail remedy } }": typeof types.DiagnosticsDocument,
    "\n  query Drift($state: [DriftState!]) {\n    drift(first: 100, state: $state) { kind name namespace platform ownerId state reason firstSeen lastSeen }\n  }\n": typeof types.DriftDocument,
    "\n  mutation RunPreflight($input: RunPreflightInput!) { runPreflight(input: $input) { operation { ...OperationFields } notices } }\n": typeof types.RunPreflightDocument,
    "\n  fragment DeliveryFields on WebhookDelivery { id event createdAt attempts statusCode error deliveredAt }\n": typeof types.DeliveryFieldsFragmentDoc,
    "\n  query ListDeliveries($first: Int) { webhooks { id deliveries(first: $first) { ...DeliveryFields } } }\n": typeof types.ListDeliveriesDocument,
    "\n  mutation TestWebhook($input: TestWebhookInput!) { testWebhook(input: $input) { delivery { ...DeliveryFields } } }\n": typeof types.TestWebhookDocument,
    "\n  mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {\n    rotateWebhookSecret(input: $input) { webhook { ...WebhookFields } secret }\n  }\n": typeof types.RotateWebhookSecretDocument,
    "fragment WebhookFields on Webhook { id name url events enabled createdAt }": typeof types.WebhookFieldsFragmentDoc,
    "query ListWebhooks { webhooks { ...WebhookFields } }": typeof types.ListWebhooksDocument,
    "\n  mutation CreateWebhook($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { ...WebhookFields } secret } }\n": typeof types.CreateWebhookDocument,
    "\n  mutation UpdateWebhook($input: UpdateWebhookInput!) { updateWebhook(input: $input) { webhook { ...WebhookFields } } }\n": typeof types.UpdateWebhookDocument,
    "mutation DeleteWebhook($input: DeleteWebhookInput!) { deleteWebhook(input: $input) { id } }": typeof types.DeleteWebhookDocument,
    "mutation LogIn($input: LoginInput!) { login(input: $input) { viewer { name role } } }": typeof types.LogInDocument,
    "mutation LogOut { logout { ok } }": typeof types.LogOutDocument,
    "\n  mutation MakeToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { token apiToken { id } } }\n": typeof types.MakeTokenDocument,
    "\n  fragment InstanceFields on Instance {\n    id name resourceName namespace imageType postgresVersion storageGib exposure dnsLabel state health deletionProtection\n    labels { key value }\n    parameters { name value } pendingRestart connectionSecret\n    resources { cpuRequestMillicores cpuLimitMillicores memoryRequestMib memoryLimitMib }\n    storageClass nodeSelector { key value } tolerations { key value effect } priorityClass\n    endpoint { host port dnsName connectionString }\n    failure { code message step }\n    createdAt updatedAt\n  }\n": typeof types.InstanceFieldsFragmentDoc,
    "\n  fragment ImageFields on Image {\n    id name description state method imageType postgresVersion sourceInstanceName sizeBytes databaseBytes sourceStorageGib\n    labels { key value }\n    databases { name owner sizeBytes }\n    verifiedAt takenAt encrypted protected expiresAt notices\n    failure { code message step }\n    createdAt\n  }\n": typeof types.ImageFieldsFragmentDoc,
    "\n  fragment StepFields on Step {\n    position name state attempt startedAt finishedAt\n    progress { percent bytesDone bytesTotal bytesPerSecond secondsLeft message }\n    failure { code message step }\n  }\n": typeof types.StepFieldsFragmentDoc,
    "\n  fragment OperationFields on Operation {\n    id kind workflowVersion state percent requestedBy secondsLeft notices\n    steps { ...StepFields }\n    jobs { id name state attempts exitCode startedAt finishedAt }\n    instance { id name state }\n    image { id name state }\n    failure { code message step }\n    createdAt startedAt finishedAt\n  }\n": typeof types.OperationFieldsFragmentDoc,
    "\n  query ReadOperation($id: ID!) { operation(id: $id) { ...OperationFields } }\n": typeof types.ReadOperationDocument,
    "\n  subscription FollowOperation($operationId: ID!, $after: Int) {\n    operationEvents(operationId: $operationId, after: $after) {\n      sequence at state percent step { ...StepFields }\n    }\n  }\n": typeof types.FollowOperationDocument,
    "\n  subscription FollowJobLogs($jobId: ID!, $tailLines: Int, $afterLine: Int, $follow: Boolean) {\n    jobLogBatches(jobId: $jobId, tailLines: $tailLines, afterLine: $afterLine, follow: $follow) {\n      jobId line attempt at text\n    }\n  }\n": typeof types.FollowJobLogsDocument,
    "\n  subscription FollowInstanceLogs($instanceId: ID!, $tailLines: Int, $since: DateTime, $follow: Boolean) {\n    instanceLogBatches(instanceId: $instanceId, tailLines: $tailLines, since: $since, follow: $follow) { line at text }\n  }\n": typeof types.FollowInstanceLogsDocument,
    "\n  mutation CreateInstance($input: CreateInstanceInput!) {\n    createInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n": typeof types.CreateInstanceDocument,
    "\n  mutation UpdateInstance($input: UpdateInstanceInput!) {\n    updateInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n": typeof types.UpdateInstanceDocument,
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
    "\n  fragment AuditRow on AuditEntry { id at action outcome code target detail address actor { kind id name } }\n": types.AuditRowFragmentDoc,
    "\n  query ListAudit($first: Int, $filter: AuditFilter) { auditLog(first: $first, filter: $filter) { nodes { ...AuditRow } } }\n": types.ListAuditDocument,
    "\n  fragment TokenFields on ApiToken {\n    id name prefix role scope { key value } createdBy { kind name } createdAt lastUsedAt expiresAt revokedAt\n  }\n": types.TokenFieldsFragmentDoc,
    "\n  query ListTokens($first: Int, $after: String) {\n    apiTokens(first: $first, after: $after) { nodes { ...TokenFields } pageInfo { hasNextPage endCursor } }\n  }\n": types.ListTokensDocument,
    "\n  mutation CreateToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { apiToken { ...TokenFields } token } }\n": types.CreateTokenDocument,
    "\n  mutation RevokeToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { ...TokenFields } notices } }\n": types.RevokeTokenDocument,
    "\n  fragment UserFields on User { id username role enabled scope { key value } createdAt lastLoginAt }\n": types.UserFieldsFragmentDoc,
    "\n  query ListUsers($first: Int, $after: String) {\n    users(first: $first, after: $after) { nodes { ...UserFields } pageInfo { hasNextPage endCursor } }\n  }\n": types.ListUsersDocument,
    "\n  mutation CreateUser($input: CreateUserInput!) { createUser(input: $input) { user { ...UserFields } password } }\n": types.CreateUserDocument,
    "\n  mutation UpdateUser($input: UpdateUserInput!) { updateUser(input: $input) { user { ...UserFields } } }\n": types.UpdateUserDocument,
    "mutation DeleteUser($input: DeleteUserInput!) { deleteUser(input: $input) { id } }": types.DeleteUserDocument,
    "\n  fragment AlertFields on Alert {\n    id kind severity message remedy openedAt resolvedAt\n    instance { id name } image { id name } schedule { id name } operation { id }\n  }\n": types.AlertFieldsFragmentDoc,
    "\n  query ListAlerts($first: Int, $after: String, $open: Boolean) {\n    alerts(first: $first, after: $after, open: $open) { nodes { ...AlertFields } pageInfo { hasNextPage endCursor } }\n  }\n": types.ListAlertsDocument,
    "\n  query ReadAlert($id: ID!) { node(id: $id) { ... on Alert { ...AlertFields } } }\n": types.ReadAlertDocument,
    "\n  fragment DrillFields on Drill {\n    id state startedAt finishedAt recoverySeconds databasesCompared tablesCompared rowsCompared\n    image { id name sourceInstanceName } operation { id }\n  }\n": types.DrillFieldsFragmentDoc,
    "\n  query ReadDrill($id: ID!) {\n    drill(id: $id) { ...DrillFields findings { code severity database object message remedy } }\n  }\n": types.ReadDrillDocument,
    "\n  query DrillsOfImage($id: ID!) { image(id: $id) { drills(first: 100) { ...DrillFields } } }\n": types.DrillsOfImageDocument,
    "\n  query DrillsOfImages($first: Int, $after: String, $filter: ImageFilter) {\n    images(first: $first, after: $after, filter: $filter) {\n      nodes { drills(first: 20) { ...DrillFields } } pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.DrillsOfImagesDocument,
    "\n  query ImageFiles($id: ID!) { image(id: $id) { files { name sizeBytes sha256 } } }\n": types.ImageFilesDocument,
    "\n  query ImageJobs($id: ID!) { image(id: $id) { operations(first: 20) { nodes { id jobs { id name state } } } } }\n": types.ImageJobsDocument,
    "\n  mutation VerifyImage($input: VerifyImageInput!) {\n    verifyImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } }\n  }\n": types.VerifyImageDocument,
    "\n  query ListImages($first: Int, $after: String, $filter: ImageFilter) {\n    images(first: $first, after: $after, filter: $filter) {\n      nodes { ...ImageFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.ListImagesDocument,
    "\n  query CheckConnection($instanceId: ID!) {\n    checkConnection(instanceId: $instanceId) {\n      ok latencyMs serverVersion failure { code message } durableWorkerRunning durableWorkerDetail\n    }\n  }\n": types.CheckConnectionDocument,
    "\n  query InstanceHealth($id: ID!, $first: Int) {\n    instance(id: $id) { healthChecks(first: $first) { at status latencyMs message } }\n  }\n": types.InstanceHealthDocument,
    "\n  query ListInstances($first: Int, $after: String, $filter: InstanceFilter) {\n    instances(first: $first, after: $after, filter: $filter) {\n      nodes { ...InstanceFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.ListInstancesDocument,
    "\n  query Credentials($instanceId: ID!, $login: Login) {\n    instanceCredentials(instanceId: $instanceId, login: $login) { username password connectionString }\n  }\n": types.CredentialsDocument,
    "query WhoAmI { viewer { name role } }": types.WhoAmIDocument,
    "mutation RevokeOwnToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { id } } }": types.RevokeOwnTokenDocument,
    "\n  query ListOperations($first: Int, $filter: OperationFilter) {\n    operations(first: $first, filter: $filter) { nodes { ...OperationFields } }\n  }\n": types.ListOperationsDocument,
    "\n  mutation CreateSchedule($input: CreateScheduleInput!) { createSchedule(input: $input) { schedule { ...ScheduleFields } } }\n": types.CreateScheduleDocument,
    "\n  mutation UpdateSchedule($input: UpdateScheduleInput!) { updateSchedule(input: $input) { schedule { ...ScheduleFields } } }\n": types.UpdateScheduleDocument,
    "\n  mutation DeleteSchedule($input: DeleteScheduleInput!) { deleteSchedule(input: $input) { id } }\n": types.DeleteScheduleDocument,
    "\n  query ListSchedules($first: Int, $after: String) {\n    schedules(first: $first, after: $after) { nodes { ...ScheduleFields } pageInfo { hasNextPage endCursor } }\n  }\n": types.ListSchedulesDocument,
    "\n  query ListScheduleRuns($id: ID!, $first: Int) { schedule(id: $id) { runs(first: $first) { nodes { ...ScheduleRunFields } } } }\n": types.ListScheduleRunsDocument,
    "\n  query PreviewRetention($input: RetentionPreviewInput!) {\n    retentionPreview(input: $input) {\n      keep { image { id name sourceInstanceName takenAt sizeBytes } because }\n      remove { id name sourceInstanceName takenAt sizeBytes }\n      freedBytes\n    }\n  }\n": types.PreviewRetentionDocument,
    "\n  fragment ScheduleFields on Schedule {\n    id name cron timeZone enabled method drillEvery concurrency createdAt nextRunsAt\n    selector { key value }\n    instance { id name }\n    retention { keepLast keepHourly keepDaily keepWeekly keepMonthly keepYearly keepDays }\n  }\n": types.ScheduleFieldsFragmentDoc,
    "\n  fragment ScheduleRunFields on ScheduleRun {\n    id dueAt startedAt finishedAt state message operations { id kind state percent instance { name } image { name } }\n  }\n": types.ScheduleRunFieldsFragmentDoc,
    "\n  query FindSchedule($id: ID, $name: String) { schedule(id: $id, name: $name) { ...ScheduleFields } }\n": types.FindScheduleDocument,
    "\n  mutation RunSchedule($input: RunScheduleInput!) { runSchedule(input: $input) { run { ...ScheduleRunFields } } }\n": types.RunScheduleDocument,
    "\n  query ReadScheduleRun($id: ID!) { schedule(id: $id) { runs(first: 20) { nodes { ...ScheduleRunFields } } } }\n": types.ReadScheduleRunDocument,
    "\n  query ServerStatus {\n    server { version platform postgresVersions imageMethods namespaces limits { pageSize depth aliases cost subscriptionsPerIdentity } }\n    viewer { name role scope { key value } }\n  }\n": types.ServerStatusDocument,
    "query Diagnostics { diagnostics { name ok known detail remedy } }": types.DiagnosticsDocument,
    "\n  query Drift($state: [DriftState!]) {\n    drift(first: 100, state: $state) { kind name namespace platform ownerId state reason firstSeen lastSeen }\n  }\n": types.DriftDocument,
    "\n  mutation RunPreflight($input: RunPreflightInput!) { runPreflight(input: $input) { operation { ...OperationFields } notices } }\n": types.RunPreflightDocument,
    "\n  fragment DeliveryFields on WebhookDelivery { id event createdAt attempts statusCode error deliveredAt }\n": types.DeliveryFieldsFragmentDoc,
    "\n  query ListDeliveries($first: Int) { webhooks { id deliveries(first: $first) { ...DeliveryFields } } }\n": types.ListDeliveriesDocument,
    "\n  mutation TestWebhook($input: TestWebhookInput!) { testWebhook(input: $input) { delivery { ...DeliveryFields } } }\n": types.TestWebhookDocument,
    "\n  mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {\n    rotateWebhookSecret(input: $input) { webhook { ...WebhookFields } secret }\n  }\n": types.RotateWebhookSecretDocument,
    "fragment WebhookFields on Webhook { id name url events enabled createdAt }": types.WebhookFieldsFragmentDoc,
    "query ListWebhooks { webhooks { ...WebhookFields } }": types.ListWebhooksDocument,
    "\n  mutation CreateWebhook($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { ...WebhookFields } secret } }\n": types.CreateWebhookDocument,
    "\n  mutation UpdateWebhook($input: UpdateWebhookInput!) { updateWebhook(input: $input) { webhook { ...WebhookFields } } }\n": types.UpdateWebhookDocument,
    "mutation DeleteWebhook($input: DeleteWebhookInput!) { deleteWebhook(input: $input) { id } }": types.DeleteWebhookDocument,
    "mutation LogIn($input: LoginInput!) { login(input: $input) { viewer { name role } } }": types.LogInDocument,
    "mutation LogOut { logout { ok } }": types.LogOutDocument,
    "\n  mutation MakeToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { token apiToken { id } } }\n": types.MakeTokenDocument,
    "\n  fragment InstanceFields on Instance {\n    id name resourceName namespace imageType postgresVersion storageGib exposure dnsLabel state health deletionProtection\n    labels { key value }\n    parameters { name value } pendingRestart connectionSecret\n    resources { cpuRequestMillicores cpuLimitMillicores memoryRequestMib memoryLimitMib }\n    storageClass nodeSelector { key value } tolerations { key value effect } priorityClass\n    endpoint { host port dnsName connectionString }\n    failure { code message step }\n    createdAt updatedAt\n  }\n": types.InstanceFieldsFragmentDoc,
    "\n  fragment ImageFields on Image {\n    id name description state method imageType postgresVersion sourceInstanceName sizeBytes databaseBytes sourceStorageGib\n    labels { key value }\n    databases { name owner sizeBytes }\n    verifiedAt takenAt encrypted protected expiresAt notices\n    failure { code message step }\n    createdAt\n  }\n": types.ImageFieldsFragmentDoc,
    "\n  fragment StepFields on Step {\n    position name state attempt startedAt finishedAt\n    progress { percent bytesDone bytesTotal bytesPerSecond secondsLeft message }\n    failure { code message step }\n  }\n": types.StepFieldsFragmentDoc,
    "\n  fragment OperationFields on Operation {\n    id kind workflowVersion state percent requestedBy secondsLeft notices\n    steps { ...StepFields }\n    jobs { id name state attempts exitCode startedAt finishedAt }\n    instance { id name state }\n    image { id name state }\n    failure { code message step }\n    createdAt startedAt finishedAt\n  }\n": types.OperationFieldsFragmentDoc,
    "\n  query ReadOperation($id: ID!) { operation(id: $id) { ...OperationFields } }\n": types.ReadOperationDocument,
    "\n  subscription FollowOperation($operationId: ID!, $after: Int) {\n    operationEvents(operationId: $operationId, after: $after) {\n      sequence at state percent step { ...StepFields }\n    }\n  }\n": types.FollowOperationDocument,
    "\n  subscription FollowJobLogs($jobId: ID!, $tailLines: Int, $afterLine: Int, $follow: Boolean) {\n    jobLogBatches(jobId: $jobId, tailLines: $tailLines, afterLine: $afterLine, follow: $follow) {\n      jobId line attempt at text\n    }\n  }\n": types.FollowJobLogsDocument,
    "\n  subscription FollowInstanceLogs($instanceId: ID!, $tailLines: Int, $since: DateTime, $follow: Boolean) {\n    instanceLogBatches(instanceId: $instanceId, tailLines: $tailLines, since: $since, follow: $follow) { line at text }\n  }\n": types.FollowInstanceLogsDocument,
    "\n  mutation CreateInstance($input: CreateInstanceInput!) {\n    createInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n": types.CreateInstanceDocument,
    "\n  mutation UpdateInstance($input: UpdateInstanceInput!) {\n    updateInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n": types.UpdateInstanceDocument,
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
export function graphql(source: "\n  fragment AuditRow on AuditEntry { id at action outcome code target detail address actor { kind id name } }\n"): typeof import('./graphql.ts').AuditRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListAudit($first: Int, $filter: AuditFilter) { auditLog(first: $first, filter: $filter) { nodes { ...AuditRow } } }\n"): typeof import('./graphql.ts').ListAuditDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TokenFields on ApiToken {\n    id name prefix role scope { key value } createdBy { kind name } createdAt lastUsedAt expiresAt revokedAt\n  }\n"): typeof import('./graphql.ts').TokenFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListTokens($first: Int, $after: String) {\n    apiTokens(first: $first, after: $after) { nodes { ...TokenFields } pageInfo { hasNextPage endCursor } }\n  }\n"): typeof import('./graphql.ts').ListTokensDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { apiToken { ...TokenFields } token } }\n"): typeof import('./graphql.ts').CreateTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { ...TokenFields } notices } }\n"): typeof import('./graphql.ts').RevokeTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment UserFields on User { id username role enabled scope { key value } createdAt lastLoginAt }\n"): typeof import('./graphql.ts').UserFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListUsers($first: Int, $after: String) {\n    users(first: $first, after: $after) { nodes { ...UserFields } pageInfo { hasNextPage endCursor } }\n  }\n"): typeof import('./graphql.ts').ListUsersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateUser($input: CreateUserInput!) { createUser(input: $input) { user { ...UserFields } password } }\n"): typeof import('./graphql.ts').CreateUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateUser($input: UpdateUserInput!) { updateUser(input: $input) { user { ...UserFields } } }\n"): typeof import('./graphql.ts').UpdateUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation DeleteUser($input: DeleteUserInput!) { deleteUser(input: $input) { id } }"): typeof import('./graphql.ts').DeleteUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AlertFields on Alert {\n    id kind severity message remedy openedAt resolvedAt\n    instance { id name } image { id name } schedule { id name } operation { id }\n  }\n"): typeof import('./graphql.ts').AlertFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListAlerts($first: Int, $after: String, $open: Boolean) {\n    alerts(first: $first, after: $after, open: $open) { nodes { ...AlertFields } pageInfo { hasNextPage endCursor } }\n  }\n"): typeof import('./graphql.ts').ListAlertsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadAlert($id: ID!) { node(id: $id) { ... on Alert { ...AlertFields } } }\n"): typeof import('./graphql.ts').ReadAlertDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment DrillFields on Drill {\n    id state startedAt finishedAt recoverySeconds databasesCompared tablesCompared rowsCompared\n    image { id name sourceInstanceName } operation { id }\n  }\n"): typeof import('./graphql.ts').DrillFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadDrill($id: ID!) {\n    drill(id: $id) { ...DrillFields findings { code severity database object message remedy } }\n  }\n"): typeof import('./graphql.ts').ReadDrillDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DrillsOfImage($id: ID!) { image(id: $id) { drills(first: 100) { ...DrillFields } } }\n"): typeof import('./graphql.ts').DrillsOfImageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DrillsOfImages($first: Int, $after: String, $filter: ImageFilter) {\n    images(first: $first, after: $after, filter: $filter) {\n      nodes { drills(first: 20) { ...DrillFields } } pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').DrillsOfImagesDocument;
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
export function graphql(source: "\n  mutation VerifyImage($input: VerifyImageInput!) {\n    verifyImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').VerifyImageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListImages($first: Int, $after: String, $filter: ImageFilter) {\n    images(first: $first, after: $after, filter: $filter) {\n      nodes { ...ImageFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').ListImagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CheckConnection($instanceId: ID!) {\n    checkConnection(instanceId: $instanceId) {\n      ok latencyMs serverVersion failure { code message } durableWorkerRunning durableWorkerDetail\n    }\n  }\n"): typeof import('./graphql.ts').CheckConnectionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query InstanceHealth($id: ID!, $first: Int) {\n    instance(id: $id) { healthChecks(first: $first) { at status latencyMs message } }\n  }\n"): typeof import('./graphql.ts').InstanceHealthDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListInstances($first: Int, $after: String, $filter: InstanceFilter) {\n    instances(first: $first, after: $after, filter: $filter) {\n      nodes { ...InstanceFields } pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').ListInstancesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Credentials($instanceId: ID!, $login: Login) {\n    instanceCredentials(instanceId: $instanceId, login: $login) { username password connectionString }\n  }\n"): typeof import('./graphql.ts').CredentialsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query WhoAmI { viewer { name role } }"): typeof import('./graphql.ts').WhoAmIDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation RevokeOwnToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { id } } }"): typeof import('./graphql.ts').RevokeOwnTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListOperations($first: Int, $filter: OperationFilter) {\n    operations(first: $first, filter: $filter) { nodes { ...OperationFields } }\n  }\n"): typeof import('./graphql.ts').ListOperationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateSchedule($input: CreateScheduleInput!) { createSchedule(input: $input) { schedule { ...ScheduleFields } } }\n"): typeof import('./graphql.ts').CreateScheduleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateSchedule($input: UpdateScheduleInput!) { updateSchedule(input: $input) { schedule { ...ScheduleFields } } }\n"): typeof import('./graphql.ts').UpdateScheduleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteSchedule($input: DeleteScheduleInput!) { deleteSchedule(input: $input) { id } }\n"): typeof import('./graphql.ts').DeleteScheduleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListSchedules($first: Int, $after: String) {\n    schedules(first: $first, after: $after) { nodes { ...ScheduleFields } pageInfo { hasNextPage endCursor } }\n  }\n"): typeof import('./graphql.ts').ListSchedulesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListScheduleRuns($id: ID!, $first: Int) { schedule(id: $id) { runs(first: $first) { nodes { ...ScheduleRunFields } } } }\n"): typeof import('./graphql.ts').ListScheduleRunsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewRetention($input: RetentionPreviewInput!) {\n    retentionPreview(input: $input) {\n      keep { image { id name sourceInstanceName takenAt sizeBytes } because }\n      remove { id name sourceInstanceName takenAt sizeBytes }\n      freedBytes\n    }\n  }\n"): typeof import('./graphql.ts').PreviewRetentionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ScheduleFields on Schedule {\n    id name cron timeZone enabled method drillEvery concurrency createdAt nextRunsAt\n    selector { key value }\n    instance { id name }\n    retention { keepLast keepHourly keepDaily keepWeekly keepMonthly keepYearly keepDays }\n  }\n"): typeof import('./graphql.ts').ScheduleFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ScheduleRunFields on ScheduleRun {\n    id dueAt startedAt finishedAt state message operations { id kind state percent instance { name } image { name } }\n  }\n"): typeof import('./graphql.ts').ScheduleRunFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FindSchedule($id: ID, $name: String) { schedule(id: $id, name: $name) { ...ScheduleFields } }\n"): typeof import('./graphql.ts').FindScheduleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RunSchedule($input: RunScheduleInput!) { runSchedule(input: $input) { run { ...ScheduleRunFields } } }\n"): typeof import('./graphql.ts').RunScheduleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadScheduleRun($id: ID!) { schedule(id: $id) { runs(first: 20) { nodes { ...ScheduleRunFields } } } }\n"): typeof import('./graphql.ts').ReadScheduleRunDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ServerStatus {\n    server { version platform postgresVersions imageMethods namespaces limits { pageSize depth aliases cost subscriptionsPerIdentity } }\n    viewer { name role scope { key value } }\n  }\n"): typeof import('./graphql.ts').ServerStatusDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Diagnostics { diagnostics { name ok known detail remedy } }"): typeof import('./graphql.ts').DiagnosticsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Drift($state: [DriftState!]) {\n    drift(first: 100, state: $state) { kind name namespace platform ownerId state reason firstSeen lastSeen }\n  }\n"): typeof import('./graphql.ts').DriftDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RunPreflight($input: RunPreflightInput!) { runPreflight(input: $input) { operation { ...OperationFields } notices } }\n"): typeof import('./graphql.ts').RunPreflightDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment DeliveryFields on WebhookDelivery { id event createdAt attempts statusCode error deliveredAt }\n"): typeof import('./graphql.ts').DeliveryFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListDeliveries($first: Int) { webhooks { id deliveries(first: $first) { ...DeliveryFields } } }\n"): typeof import('./graphql.ts').ListDeliveriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TestWebhook($input: TestWebhookInput!) { testWebhook(input: $input) { delivery { ...DeliveryFields } } }\n"): typeof import('./graphql.ts').TestWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {\n    rotateWebhookSecret(input: $input) { webhook { ...WebhookFields } secret }\n  }\n"): typeof import('./graphql.ts').RotateWebhookSecretDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment WebhookFields on Webhook { id name url events enabled createdAt }"): typeof import('./graphql.ts').WebhookFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ListWebhooks { webhooks { ...WebhookFields } }"): typeof import('./graphql.ts').ListWebhooksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateWebhook($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { ...WebhookFields } secret } }\n"): typeof import('./graphql.ts').CreateWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateWebhook($input: UpdateWebhookInput!) { updateWebhook(input: $input) { webhook { ...WebhookFields } } }\n"): typeof import('./graphql.ts').UpdateWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation DeleteWebhook($input: DeleteWebhookInput!) { deleteWebhook(input: $input) { id } }"): typeof import('./graphql.ts').DeleteWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation LogIn($input: LoginInput!) { login(input: $input) { viewer { name role } } }"): typeof import('./graphql.ts').LogInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation LogOut { logout { ok } }"): typeof import('./graphql.ts').LogOutDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MakeToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { token apiToken { id } } }\n"): typeof import('./graphql.ts').MakeTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment InstanceFields on Instance {\n    id name resourceName namespace imageType postgresVersion storageGib exposure dnsLabel state health deletionProtection\n    labels { key value }\n    parameters { name value } pendingRestart connectionSecret\n    resources { cpuRequestMillicores cpuLimitMillicores memoryRequestMib memoryLimitMib }\n    storageClass nodeSelector { key value } tolerations { key value effect } priorityClass\n    endpoint { host port dnsName connectionString }\n    failure { code message step }\n    createdAt updatedAt\n  }\n"): typeof import('./graphql.ts').InstanceFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ImageFields on Image {\n    id name description state method imageType postgresVersion sourceInstanceName sizeBytes databaseBytes sourceStorageGib\n    labels { key value }\n    databases { name owner sizeBytes }\n    verifiedAt takenAt encrypted protected expiresAt notices\n    failure { code message step }\n    createdAt\n  }\n"): typeof import('./graphql.ts').ImageFieldsFragmentDoc;
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
export function graphql(source: "\n  subscription FollowInstanceLogs($instanceId: ID!, $tailLines: Int, $since: DateTime, $follow: Boolean) {\n    instanceLogBatches(instanceId: $instanceId, tailLines: $tailLines, since: $since, follow: $follow) { line at text }\n  }\n"): typeof import('./graphql.ts').FollowInstanceLogsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateInstance($input: CreateInstanceInput!) {\n    createInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n"): typeof import('./graphql.ts').CreateInstanceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateInstance($input: UpdateInstanceInput!) {\n    updateInstance(input: $input) { instance { ...InstanceFields } operation { ...OperationFields } notices }\n  }\n"): typeof import('./graphql.ts').UpdateInstanceDocument;
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
