import type { ProgramTable } from './commands.ts';

/** What jobs of a kind run. A kind that is not here has a script. */
export const PROGRAMS: ProgramTable = {
  backup: async () => (await import('./backup/backup.ts')).backup,
  'backup-physical': async () => (await import('./physical/take/take-image.ts')).backupPhysical,
  'restore-physical': async () => (await import('./physical/restore/restore-image.ts')).restorePhysical,
  cluster: async () => (await import('./server/make-cluster.ts')).makeEmptyCluster,
  preflight: async () => (await import('./preflight/preflight.ts')).preflight,
  'verify-logical': async () => (await import('./verify/logical/verify-logical.ts')).verifyLogical,
  'verify-physical': async () => (await import('./verify/physical/verify-physical.ts')).verifyPhysical,
  restore: async () => (await import('./restore/restore.ts')).restore,
};
