import type { Role } from '../../generated/graphql.ts';

/** What somebody may do, in a sentence each. */
export const ROLE_CHOICES: readonly { readonly value: Role; readonly name: string; readonly hint: string }[] = [
  { value: 'VIEWER', name: 'Viewer', hint: ' reads all but credentials, logs and the audit log' },
  { value: 'OPERATOR', name: 'Operator', hint: " also changes things, reads logs and the owner's login" },
  { value: 'ADMIN', name: 'Administrator', hint: " everything, users and the superuser's login" },
];

export const roleName = (role: Role): string => ROLE_CHOICES.find(({ value }) => value === role)?.name ?? role;
