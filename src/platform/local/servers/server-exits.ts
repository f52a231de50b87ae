import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { isAlive, type ProcessMark } from '../../../machine/process-mark.ts';
import { findPostmaster } from '../../../postgres-programs/postmaster.ts';
import type { Layout } from '../layout.ts';

/** Tells of servers that do not run any more, or are found not to run when they are looked for first. */
export interface ServerExits {
  /** True once when the server has ended, also before the first look. Costs one look at a process that runs on. */
  hasExited(ref: ServerRef): Promise<boolean>;
}

export function createServerExits(layout: Pick<Layout, 'server'>): ServerExits {
  /** Null: it was told of that none runs. */
  const seen = new Map<string, ProcessMark | null>();
  return {
    async hasExited(ref) {
      const { data } = layout.server(ref);
      const known = seen.get(data);
      if (known != null && (await isAlive(known))) return false;
      const running = (await findPostmaster(data))?.process ?? null;
      seen.set(data, running);
      return known !== null && (running === null || known !== undefined);
    },
  };
}
