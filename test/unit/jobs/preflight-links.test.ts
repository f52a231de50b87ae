import { describe, expect, it } from 'vitest';
import { describeBrokenLink, findBrokenLink, splitBrokenLink } from '../../../jobs/preflight/broken-links.ts';

/** Words of preflight.sh, azcopy 10.32.2, Azure's blob store and directory, and of the platforms, as they were seen. */
const SEEN: readonly [link: string, text: string, remedy: RegExp][] = [
  [
    'workload identity',
    "workload identity: not set in the job's pod: AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE",
    /webhook.*azure\.workload\.identity\/use.*client-id/,
  ],
  [
    'workload identity',
    'workload identity: the copy with the blob store failed: failed to perform Auto-login: no client ID specified. Check pod configuration or set ClientID in the options',
    /webhook/,
  ],
  ['workload identity', 'workload identity: the token file /var/run/x cannot be read, or is empty', /webhook/],
  [
    'workload identity',
    'workload identity: the job has neither a signature for the blob store nor AZCOPY_AUTO_LOGIN_TYPE',
    /TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID/,
  ],
  [
    'login endpoint',
    'workload identity: the copy with the blob store failed: failed to perform Auto-login: WorkloadIdentityCredential: -REDACTED- to resolve an endpoint: server response error: Get "https://login.microsoftonline.com/0/v2.0/.well-known/openid-configuration?": dial tcp: lookup login.microsoftonline.com on 10.0.0.10:53: no such host',
    /login\.microsoftonline\.com/,
  ],
  [
    'login',
    'workload identity: the copy with the blob store failed: failed to perform Auto-login: WorkloadIdentityCredential authentication failed. POST https://login.microsoftonline.com/0/oauth2/v2.0/token RESPONSE 400 Bad Request AADSTS70021: No matching federated identity record found for presented assertion',
    /federated/,
  ],
  [
    'login',
    "workload identity: failed to perform Auto-login: AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:x:y'",
    /system:serviceaccount/,
  ],
  [
    'login',
    "workload identity: failed to perform Auto-login: AADSTS700016: Application with identifier '0' was not found in the directory",
    /TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID/,
  ],
  [
    'role',
    'workload identity: the copy with the blob store failed: probe: 403 This request is not authorized to perform this operation using this permission.. When Committing block list',
    /Storage Blob Data Contributor/,
  ],
  [
    'signature',
    'signature: the copy with the blob store failed: probe: 403 This request is not authorized to perform this operation using this permission',
    /Storage Blob Delegator/,
  ],
  [
    'signature',
    'signature: the copy with the blob store failed: probe: 403 Server failed to authenticate the request. Make sure the value of the Authorization header is formed correctly',
    /account key.*clocks/,
  ],
  ['firewall', 'signature: 403 This request is not authorized to perform this operation.', /firewall/],
  [
    'container',
    'signature: the copy failed: probe: 404 The specified container does not exist',
    /az storage container create/,
  ],
  ['name of the store', 'signature: the blob store does not answer: dial tcp: lookup x.blob: no such host', /DNS/],
  [
    'name of the store',
    'signature: the blob store does not answer: dial tcp: lookup x.blob on 10.0.0.10:53: i/o timeout',
    /DNS/,
  ],
  ['store', 'signature: the blob store does not answer: dial tcp 127.0.0.1:1: connect: connection refused', /runs/],
  ['tools', "tools: not found in the job's image: azcopy", /job\.Dockerfile/],
  ['tools', "tools: the job's image has the programs of PostgreSQL 15.3, not of 17", /TOYGRES_JOB_IMAGE/],
  ['job image', 'The container image cannot be pulled (ErrImagePull): not found', /--attach-acr/],
  [
    'room',
    'The cluster has no place for the pod (Unschedulable): 0/1 nodes are available: 1 Insufficient cpu.',
    /node/,
  ],
  ['quota', 'The quota of the namespace does not allow it: exceeded quota pods, requested: pods=1.', /ResourceQuota/],
  ['limit range', 'A LimitRange of the namespace forbids it: maximum cpu usage per Container is 1m.', /LimitRange/],
  ['admission', 'The Pod Security level "restricted:latest" of the namespace forbids it: x.', /Pod Security/],
  ['admission', 'The admission webhook policy.example refuses it: no.', /admission/],
  [
    'rights',
    'The account system:serviceaccount:a:b may not create jobs of batch in namespace x: add the verb.',
    /role\.yaml/,
  ],
  ['memory', 'The job used more memory than its limit of 1Mi and was killed (OOMKilled).', /TOYGRES_JOB_RESOURCES/],
  [
    'cluster',
    'The API server https://cluster:6443 does not answer (ECONNREFUSED): check that the cluster runs.',
    /KUBECONFIG/,
  ],
  ['store', 'The blob store at 127.0.0.1 does not answer (ECONNREFUSED); see that it runs.', /can be reached/],
  ['signature', 'The blob store x refuses the login (403 AuthenticationFailed): check the account key', /account key/],
  [
    'workload identity',
    'No login for the blob store x succeeded. On AKS: the pod needs the label azure.workload.identity/use and a service account with the client id (AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE must be set in it); elsewhere: az login',
    /webhook/,
  ],
  ['job', 'Something that nobody has seen before.', /jobLogs/],
];

describe('what a preflight failed of', () => {
  it.each(SEEN)('is the link %s: %s', (link, text, remedy) => {
    const found = findBrokenLink(text);
    expect([found.link, found.remedy]).toEqual([link, expect.stringMatching(remedy)]);
    expect(text).toContain(found.detail);
    expect(found.detail).not.toMatch(/^(signature|tools|workload identity): |\.$/);
  });

  it('is one text for the operation, and comes apart again for diagnostics', () => {
    for (const [, text] of SEEN) {
      const found = findBrokenLink(text);
      const message = describeBrokenLink(found);
      expect(message).toContain(`Broken link: ${found.link}. `);
      expect(splitBrokenLink(message)).toEqual({
        detail: `Broken link: ${found.link}. ${found.detail}.`,
        remedy: found.remedy,
      });
    }
  });

  it('of a failure that named no link no remedy is made up', () => {
    expect(splitBrokenLink('The database was away.')).toEqual({ detail: 'The database was away.', remedy: null });
  });
});
