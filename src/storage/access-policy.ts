import type { ContainerClient } from '@azure/storage-blob';

/** Every signature of a job names this policy of its container. */
export const JOBS_POLICY = 'toygres-jobs';
/** The store takes no more for one container. */
const POLICIES_AT_MOST = 5;

/**
 * Sees to it that the container has the stored access policy that signatures of jobs name, beside those that are there.
 * Whoever removes it ends all signatures given out so far, and the next one is given by a policy made anew. Null where
 * there is no room for it: signatures then end by their time alone.
 *
 * The policy says nothing itself: what a signature allows, and until when, stands in each.
 */
export async function ensurePolicy(client: ContainerClient): Promise<string | null> {
  const { signedIdentifiers, blobPublicAccess } = await client.getAccessPolicy();
  if (signedIdentifiers.some(({ id }) => id === JOBS_POLICY)) return JOBS_POLICY;
  if (signedIdentifiers.length >= POLICIES_AT_MOST) return null;
  await client.setAccessPolicy(blobPublicAccess, [...signedIdentifiers, { id: JOBS_POLICY, accessPolicy: {} }]);
  return JOBS_POLICY;
}

/**
 * Whether the store ends signatures by policies as Azure does. Azurite takes what a policy says in the place of what a
 * signature says, and fails where it says nothing; it is known by what it calls itself, in whatever form its URL has the account.
 */
export async function keepsPolicies(client: ContainerClient): Promise<boolean> {
  const { _response } = await client.getAccessPolicy();
  return !/^azurite/i.test(_response.headers.get('server') ?? '');
}
