/** The three ways to run a server: everything in one process, only the API, only the workers. */
export const MODES = ['standalone', 'api', 'worker'] as const;
export type Mode = (typeof MODES)[number];
