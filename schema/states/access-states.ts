import { enumOf } from './enum-of.ts';

export const ACTOR_KINDS = ['USER', 'TOKEN', 'SCHEDULE', 'SYSTEM'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];
export const ActorKind = enumOf('ActorKind', 'What did something.', ACTOR_KINDS, {
  USER: 'A person who signed in.',
  TOKEN: 'A program, by an API token.',
  SCHEDULE: 'A schedule, when it was due.',
  SYSTEM: 'Toygres itself.',
});

export const ROLES = ['VIEWER', 'OPERATOR', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];
export const Role = enumOf('Role', 'What a caller may do: read, operate, or administer.', ROLES, {
  VIEWER: 'May read all but credentials, logs and the audit log.',
  OPERATOR: "May also change instances, images and schedules, and read logs and the owner's login.",
  ADMIN: "May do everything: users, the audit log, the superuser's login.",
});

export const AUDIT_OUTCOMES = ['ALLOWED', 'REFUSED', 'FAILED'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];
export const AuditOutcome = enumOf('AuditOutcome', 'What came of what somebody asked for.', AUDIT_OUTCOMES, {
  ALLOWED: 'It was done, or begun.',
  REFUSED: 'It was not allowed, or not possible as things stood.',
  FAILED: 'It was allowed and did not work.',
});

export const AUDIT_TARGET_KINDS = [
  'INSTANCE',
  'IMAGE',
  'OPERATION',
  'SCHEDULE',
  'WEBHOOK',
  'USER',
  'API_TOKEN',
] as const;
export type AuditTargetKind = (typeof AUDIT_TARGET_KINDS)[number];
export const AuditTargetKind = enumOf('AuditTargetKind', 'What something was done to.', AUDIT_TARGET_KINDS, {
  INSTANCE: 'An instance.',
  IMAGE: 'An image.',
  OPERATION: 'An operation.',
  SCHEDULE: 'A schedule.',
  WEBHOOK: 'A webhook.',
  USER: 'A user.',
  API_TOKEN: 'An API token.',
});
