import { randomBytes } from 'node:crypto';
import { type ContainerClient, RestError, type SignedIdentifier } from '@azure/storage-blob';
import { AppError } from '../../schema/errors.ts';
import { pause } from '../waiting/pause.ts';

/** Every signature of a job that has no policy of its own names this policy of its container. */
export const JOBS_POLICY = 'toygres-jobs';
/** The store takes no more for one container. */
const POLICIES_AT_MOST = 5;
/** Policies of single jobs begin so. */
const WRITERS = 'toygres-write-';
/** How many jobs have one of their own at the same time: the common one and one of somebody else find room beside them. */
const WRITERS_AT_MOST = 3;
/** For so long the store lets nobody else who asks for the lease change its policies, if we should die. */
const LEASE_SECONDS = 15;
const WAIT_MS = 10_000;
const AGAIN_MS = 100;

/**
 * Sees to it that the container has the stored access policy that signatures of jobs name, beside those that are there.
 * Whoever removes it ends all signatures given out so far, and the next one is given by a policy made anew. Null where
 * there is no room for it: signatures then end by their time alone.
 *
 * The policy says nothing itself: what a signature allows, and until when, stands in each.
 */
export async function ensurePolicy(client: ContainerClient): Promise<string | null> {
  const { signedIdentifiers } = await client.getAccessPolicy();
  if (signedIdentifiers.some(({ id }) => id === JOBS_POLICY)) return JOBS_POLICY;
  const policies = await changePolicies(client, (there) => {
    const isFull = there.length >= POLICIES_AT_MOST || there.some(({ id }) => id === JOBS_POLICY);
    return isFull ? there : [...there, { id: JOBS_POLICY, accessPolicy: {} }];
  });
  return policies?.some(({ id }) => id === JOBS_POLICY) ? JOBS_POLICY : null;
}

/**
 * Sees to it that the container has a policy for the job that writes this image, which says what it may until then. Signatures
 * that name it end with it. The one that is there already is given more time. Null where there is no room for it.
 */
export async function ensureWriter(
  client: ContainerClient,
  imageId: string,
  permissions: string,
  expiresOn: Date,
): Promise<string | null> {
  const own = `${WRITERS}${imageId}-`;
  const name = `${own}${randomBytes(4).toString('hex')}`;
  const accessPolicy = { permissions, startsOn: new Date(Date.now() - 600_000), expiresOn };
  const policies = await changePolicies(client, (there) => {
    const live = there.filter((policy) => !isOver(policy));
    const known = live.find(({ id }) => id.startsWith(own));
    if (known !== undefined) return live.map((policy) => (policy === known ? { id: known.id, accessPolicy } : policy));
    const writers = live.filter(({ id }) => id.startsWith(WRITERS));
    const isFull = writers.length >= WRITERS_AT_MOST || live.length >= POLICIES_AT_MOST;
    return isFull ? live : [...live, { id: name, accessPolicy }];
  });
  return policies?.find(({ id }) => id.startsWith(own))?.id ?? null;
}

/** Ends every signature that was given to a job that writes this image by a policy of its own. Again: no effect. */
export async function removeWriter(client: ContainerClient, imageId: string): Promise<void> {
  const own = `${WRITERS}${imageId}-`;
  const { signedIdentifiers } = await client.getAccessPolicy();
  if (!signedIdentifiers.some(({ id }) => id.startsWith(own))) return;
  const policies = await changePolicies(client, (there) => there.filter(({ id }) => !id.startsWith(own)));
  if (policies !== null) return;
  throw new AppError('UNAVAILABLE', 'The policies of the container are being changed by somebody else: try again.');
}

function isOver({ id, accessPolicy }: SignedIdentifier): boolean {
  const { expiresOn } = accessPolicy ?? {};
  return id.startsWith(WRITERS) && expiresOn !== undefined && expiresOn.getTime() < Date.now();
}

/**
 * Changes the policies of the container, which are set all at once: under a lease, so that nobody else of ours does so
 * meanwhile. Gives those that are there then; null when somebody else had it for too long.
 */
async function changePolicies(
  client: ContainerClient,
  change: (there: readonly SignedIdentifier[]) => readonly SignedIdentifier[],
): Promise<readonly SignedIdentifier[] | null> {
  const lease = client.getBlobLeaseClient();
  if (!(await takeLease(() => lease.acquireLease(LEASE_SECONDS)))) return null;
  try {
    const { signedIdentifiers, blobPublicAccess } = await client.getAccessPolicy();
    const wanted = change(signedIdentifiers);
    if (wanted.length === signedIdentifiers.length && wanted.every((one, index) => one === signedIdentifiers[index])) {
      return signedIdentifiers;
    }
    await client.setAccessPolicy(blobPublicAccess, [...wanted], { conditions: { leaseId: lease.leaseId } });
    return wanted;
  } finally {
    // One that is not given back ends by itself.
    await lease.releaseLease().catch(() => undefined);
  }
}

async function takeLease(acquire: () => Promise<unknown>): Promise<boolean> {
  const endAt = performance.now() + WAIT_MS;
  for (;;) {
    try {
      await acquire();
      return true;
    } catch (error) {
      if (!(error instanceof RestError) || error.statusCode !== 409) throw error;
      if (performance.now() > endAt) return false;
      await pause(AGAIN_MS * (1 + Math.random()));
    }
  }
}

/** A store may take half a minute until it knows a policy. */
const KNOWN_MS = 40_000;

/**
 * Waits until the store takes a signature by its policy, for so long as a store may need. What it may not do is asked of it, by
 * which nothing is written: a store that knows the policy says that the right is missing.
 */
export async function untilKnown(signed: ContainerClient): Promise<void> {
  const endAt = performance.now() + KNOWN_MS;
  while (performance.now() < endAt) {
    const refused = await signed
      .listBlobsFlat()
      .byPage({ maxPageSize: 1 })
      .next()
      .catch((error: unknown) => error);
    if (!(refused instanceof RestError) || refused.code !== 'AuthenticationFailed') return;
    await pause(AGAIN_MS * 10);
  }
}

/**
 * Whether the store takes a policy that says nothing, as Azure does. Azurite takes what a policy says in the place of what a
 * signature says, and fails where it says nothing; it is known by what it calls itself, in whatever form its URL has the account.
 */
export async function keepsPolicies(client: ContainerClient): Promise<boolean> {
  const { _response } = await client.getAccessPolicy();
  return !/^azurite/i.test(_response.headers.get('server') ?? '');
}
