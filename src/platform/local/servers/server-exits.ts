import type { ServerRef } from '../../../../jobs/ports/platform.ts';
import { isAlive, type ProcessMark } from '../../../machine/process-mark.ts';
import { findPostmaster } from '../../../postgres-programs/postmaster.ts';
import type { Layout } from '../layout.ts';

/** Tells of servers that were seen to run and do not any more. */
export interface ServerExits {
  /** True once when the server that ran at an earlier look has ended. Costs one look at a process that runs on. */
  hasExited(ref: ServerRef): Promise<boolean>;
}

export function createServerExits(layout: Pick<Layout, 'server'>): ServerExits {
  const seen = new Map<string, ProcessMark>();
  return {
    async hasExited(ref) {
      const { data } = layout.server(ref);
      const known = seen.get(data);
      if (known !== undefined && (await isAlive(known))) return false;
      const running = (await findPostmaster(data))?.process;
      if (running === undefined) seen.delete(data);
      else seen.set(data, running);
      return known !== undefined;
    },
  };
}
