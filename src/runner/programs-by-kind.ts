import type { ProgramTable } from './commands.ts';

/** What jobs of a kind run. A kind that is not here has a script. */
export const PROGRAMS: ProgramTable = {
  backup: async () => (await import('./backup/backup.ts')).backup,
  preflight: async () => (await import('./preflight/preflight.ts')).preflight,
  restore: async () => (await import('./restore/restore.ts')).restore,
};
