/** A link between jobs and what they need that is broken, and how to mend it. */
export interface BrokenLink {
  readonly link: string;
  readonly detail: string;
  readonly remedy: string;
}

interface Rule {
  readonly link: string;
  readonly pattern: RegExp;
  readonly remedy: string;
}

/**
 * The first that matches names the link. Texts are those of the preflight program, which begin with what the job signs in with, of
 * the platform, of azcopy (its own words and those of the store, with codes of Azure and of its directory), in this order
 * of what comes first on the way of a job.
 */
const RULES: readonly Rule[] = [
  {
    link: 'cluster',
    pattern: /^The API server /,
    remedy: 'Check that the cluster runs, and KUBECONFIG or the service account of the control plane.',
  },
  {
    link: 'rights',
    pattern: /^The account \S+ may not /,
    remedy: "Give the control plane's service account what deploy/managed/role.yaml lists.",
  },
  {
    link: 'quota',
    pattern: /exceeded quota|The quota of the namespace/,
    remedy: 'Raise the ResourceQuota of the namespace, or lower TOYGRES_JOB_RESOURCES.',
  },
  {
    link: 'limit range',
    pattern: /A LimitRange of the namespace/,
    remedy: 'Change the LimitRange of the namespace, or TOYGRES_JOB_RESOURCES.',
  },
  {
    link: 'admission',
    pattern: /Pod Security level|admission webhook|admission control|serviceaccount .* not found/i,
    remedy: "Let the cluster's admission pass pods of Toygres: they fit the restricted Pod Security level.",
  },
  {
    link: 'job image',
    pattern: /container image cannot be pulled/,
    remedy:
      "Push the job's image for this PostgreSQL version (deploy/docker/job.Dockerfile), set TOYGRES_JOB_IMAGE to it, and " +
      'let the cluster pull from that registry (az aks update --attach-acr).',
  },
  {
    link: 'room',
    pattern: /no place for the pod|evicted the pod/,
    remedy: 'Add a node or free one, or lower TOYGRES_JOB_RESOURCES.',
  },
  {
    link: 'memory',
    pattern: /OOMKilled/,
    remedy: 'Raise the memory limit in TOYGRES_JOB_RESOURCES.',
  },
  {
    link: 'tools',
    pattern: /^tools: |There is no script for|cannot be started \(/,
    remedy:
      "Build the job's image with deploy/docker/job.Dockerfile for this PostgreSQL version, and set TOYGRES_JOB_IMAGE.",
  },
  {
    link: 'workload identity',
    pattern:
      /AZURE_(CLIENT_ID|TENANT_ID|FEDERATED_TOKEN_FILE)|token file|no client ID specified|no token file specified/,
    remedy:
      'Have the workload identity webhook in the cluster (az aks update --enable-oidc-issuer --enable-workload-identity): ' +
      'it gives them to pods with the label azure.workload.identity/use: "true" and a service account that is annotated ' +
      'with azure.workload.identity/client-id (TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID).',
  },
  {
    link: 'workload identity',
    pattern: /neither a signature/,
    remedy: 'Unset TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID, or run on Kubernetes: only there jobs have an identity.',
  },
  {
    link: 'login endpoint',
    pattern:
      /(Auto-login|WorkloadIdentityCredential).*(no such host|dial tcp|i\/o timeout|deadline exceeded|x509|proxyconnect)/,
    remedy: 'Let pods reach login.microsoftonline.com over HTTPS: check DNS, egress rules and proxies of the cluster.',
  },
  {
    link: 'login',
    pattern: /AADSTS700016|unauthorized_client/,
    remedy:
      'TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID names no identity of this tenant: give the client id of the managed identity.',
  },
  {
    link: 'login',
    pattern: /AADSTS7002[0-9]+|AADSTS70021|Auto-login|WorkloadIdentityCredential|AADSTS/,
    remedy:
      'Give the managed identity a federated credential with the issuer of this cluster and the subject ' +
      'system:serviceaccount:<namespace>:toygres-jobs (az identity federated-credential create).',
  },
  {
    link: 'container',
    pattern: /container does not exist|ContainerNotFound|ContainerBeingDeleted/,
    remedy: 'Make the container that TOYGRES_IMAGE_CONTAINER names (az storage container create).',
  },
  {
    link: 'role',
    pattern:
      /^workload identity: .*(AuthorizationPermissionMismatch|using this permission|InsufficientAccountPermissions)/,
    remedy:
      'Give the managed identity the role Storage Blob Data Contributor on the storage account (az role assignment ' +
      'create); it takes minutes to be known everywhere.',
  },
  {
    link: 'signature',
    pattern: /AuthorizationPermissionMismatch|using this permission|InsufficientAccountPermissions/,
    remedy:
      "The signature does not allow it: give the control plane's own identity the roles Storage Blob Data Contributor and " +
      'Storage Blob Delegator, or the account key in AZURE_STORAGE_CONNECTION_STRING.',
  },
  {
    link: 'signature',
    pattern: /failed to authenticate the request|AuthenticationFailed|refuses the login|Signature/,
    remedy:
      'Check the account key in AZURE_STORAGE_CONNECTION_STRING, and the clocks of this server and of the nodes: a ' +
      'signature is valid for a time.',
  },
  {
    link: 'firewall',
    pattern: /not authorized to perform this operation|AuthorizationFailure|PublicAccessNotPermitted/,
    remedy: "Let the cluster's network through the storage account's firewall (az storage account network-rule add).",
  },
  {
    link: 'proxy',
    pattern:
      /the proxy did not let it through|through the proxy \S+, which answered|(connection refused|connection reset|i\/o timeout|no such host|does not answer|no route to host).*through the proxy /,
    remedy:
      'Have the proxy let this server and its jobs through to the blob store (CONNECT to its port), set HTTPS_PROXY and ' +
      'HTTP_PROXY to one that does, or name the store in NO_PROXY.',
  },
  {
    link: 'name of the store',
    pattern: /no such host|server misbehaving|dial tcp: lookup |cannot be resolved|ENOTFOUND|EAI_AGAIN/,
    remedy: 'Check AZURE_STORAGE_ACCOUNT (or the BlobEndpoint of the connection string) and the DNS where jobs run.',
  },
  {
    link: 'store',
    pattern:
      /connection refused|connection reset|i\/o timeout|does not answer|no route to host|network is unreachable|deadline/,
    remedy:
      'Check that the blob store runs, and that it can be reached from where jobs run: egress rules, private endpoints.',
  },
];

const OTHER = {
  link: 'job',
  remedy: 'See the log of the job (jobLogs), and what the cluster says of it (kubectl describe job).',
};

/** Whether it is known which link such a text is about. */
export function isKnownLink(text: string): boolean {
  return RULES.some(({ pattern }) => pattern.test(text));
}

/** Names the broken link behind what a preflight failed of. Text that no rule knows is passed on as it is. */
export function findBrokenLink(text: string): BrokenLink {
  const rule = RULES.find(({ pattern }) => pattern.test(text)) ?? OTHER;
  const detail = text.replace(/^(tools|signature|workload identity): /, '').replace(/\.$/, '');
  return { link: rule.link, detail, remedy: rule.remedy };
}

const REMEDY = ' Remedy: ';

/** One text for the failure of an operation. */
export function describeBrokenLink({ link, detail, remedy }: BrokenLink): string {
  return `Broken link: ${link}. ${detail}.${REMEDY}${remedy}`;
}

/** What `describeBrokenLink` said, in its two parts; of another text no remedy is known. */
export function splitBrokenLink(message: string): { readonly detail: string; readonly remedy: string | null } {
  const at = message.lastIndexOf(REMEDY);
  if (at === -1) return { detail: message, remedy: null };
  return { detail: message.slice(0, at), remedy: message.slice(at + REMEDY.length) };
}
