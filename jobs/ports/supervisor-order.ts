import * as z from 'zod/mini';

const user = z.object({ uid: z.number(), gid: z.number() });

/** What the local platform orders of the supervisor of a job, on its command line: nothing of it is a secret. */
export const SupervisorOrder = z.object({
  /** Names the start that this is of. */
  order: z.string(),
  /** Where notes are kept: `order` and `request` are the platform's, `supervisor`, `running`, `tally`, `end` the supervisor's. */
  run: z.string(),
  /** Holds a directory for each attempt. */
  attempts: z.string(),
  scratch: z.string(),
  secrets: z.string(),
  /** The program of the job and its arguments. */
  worker: z.array(z.string()),
  /** What moves files for it; null: it moves them itself. */
  mover: z.nullable(z.array(z.string())),
  /** Null: as who the supervisor is. */
  users: z.nullable(z.object({ worker: user, mover: user })),
  /** Whether nobody but this job is the worker's user: then all that runs as it is the job's, wherever it went. */
  isWorkerAlone: z.optional(z.boolean()),
  /**
   * A program that makes what the worker needs before it, as a user that the system knows: the worker's may have a number
   * and no name. What it made is given to the worker whole. Null: it needs none.
   */
  maker: z.optional(z.nullable(z.object({ command: z.array(z.string()), user }))),
  /** What the processes of an attempt may hold of memory in all; null: as much as there is. */
  memoryBytes: z.optional(z.nullable(z.number())),
  attemptsAtMost: z.number(),
  /** Failed attempts, and supervisors that died, before this one. */
  failures: z.number(),
  losses: z.number(),
  firstAttempt: z.number(),
  deadlineSeconds: z.number(),
  slots: z.string(),
  slotCount: z.number(),
});
export type SupervisorOrder = z.infer<typeof SupervisorOrder>;
