import { JobFailure } from '../attempt/failure.ts';
import { loadingMemory } from '../server/memory.ts';
import type { ThrowawayServer } from '../server/throwaway-server.ts';

/** What the server that an image is loaded in is started with. */
export interface LoadingSettings {
  /** Megabytes that it may have. */
  readonly memory: number;
  /** How many sessions load at once. */
  readonly width: number;
  /** As `shared_preload_libraries` has them; '' for none. */
  readonly libraries: string;
  /** Settings of their extensions. */
  readonly ofExtensions: Readonly<Record<string, string>>;
}

/** Starts it: it only loads, and what it loses in a crash is loaded anew. Throws where it does not start. */
export async function startLoadingServer(
  server: ThrowawayServer,
  { memory, width, libraries, ofExtensions }: LoadingSettings,
): Promise<void> {
  const { buffers, work } = loadingMemory(memory, width);
  const always = {
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '64GB',
    checkpoint_timeout: '1d',
    autovacuum: 'off',
    shared_buffers: `${buffers}MB`,
    maintenance_work_mem: `${work}MB`,
    max_connections: String(width * 3 + 20),
    max_locks_per_transaction: '512',
    jit: 'off',
    wal_buffers: '16MB',
    wal_compression: 'off',
    shared_preload_libraries: libraries,
    ...(libraries === '' ? {} : { max_worker_processes: '0' }),
  };
  const refusal = await server.start({ ...ofExtensions, ...always });
  if (refusal === null) return;
  // A setting of an extension may be refused here.
  const plain = Object.keys(ofExtensions).length === 0 ? refusal : await server.start(always);
  if (plain !== null) throw new JobFailure(`the throw-away server did not start: ${plain}`);
}
