const HELD =
  'a retention policy or a legal hold of the container or the account keeps what is there as it is; wait until it is over, or have it lifted';
const LEASED =
  'somebody holds a lease on it; end that (az storage blob lease break, az storage container lease break), or wait until it is over';
const DISABLED = 'the account or the container is switched off; ask whoever runs the storage account';
/** Azure's names for refusals that come of how an account is set up ("Blob service error codes" in its reference). */
const WORDS: Readonly<Record<string, string>> = {
  BlobImmutableDueToPolicy: HELD,
  BlobImmutableDueToLegalHold: HELD,
  ContainerImmutable: HELD,
  ContainerProtectedFromDeletion: HELD,
  LeaseIdMissing: LEASED,
  LeaseLost: LEASED,
  LeaseAlreadyPresent: LEASED,
  BlobArchived:
    'it is in the archive tier and cannot be read; bring it back first (az storage blob set-tier --tier Hot), which takes up to 15 hours',
  BlobBeingRehydrated: 'it is on its way back from the archive tier, which takes up to 15 hours; try again then',
  BlobAccessTierNotSupportedForAccountType: 'this kind of account has no such access tier',
  SnapshotsPresent: 'snapshots of it are there that this login may not remove',
  AccountIsDisabled: DISABLED,
  ContainerDisabled: DISABLED,
  ContainerBeingDisabled: DISABLED,
  AuthorizationProtocolMismatch:
    'the account takes HTTPS only; let the connection string say DefaultEndpointsProtocol=https',
  AuthorizationSourceIPMismatch: "this machine's address is not among those that the account lets in",
  AuthorizationResourceTypeMismatch: 'the login reaches less than a container; use the key of the account',
  AuthorizationServiceMismatch: 'the login is not for blobs; use the key of the account',
  BlobOverwritten: 'something else has written there',
  UnauthorizedBlobOverwrite: 'what is there already may not be written again',
  InvalidBlobType: 'something else of that name is there, of another kind of blob',
};

/** What a refusal of a store means, by Azure's name of it, and what to do; null for one that says enough by itself. */
export function explainRefusal(code: string): string | null {
  return WORDS[code] ?? null;
}

/** Whether such a refusal says that a rule of the store keeps what is there as it is. */
export function isHeldBy(code: string): boolean {
  return [HELD, LEASED].includes(WORDS[code] ?? '');
}
