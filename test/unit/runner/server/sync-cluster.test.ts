import { afterEach, describe, expect, it, vi } from 'vitest';
import { JobFailure } from '../../../../src/runner/attempt/failure.ts';
import type { ProgramEnd } from '../../../../src/runner/programs/run-program.ts';
import { keepSyncing, syncCluster, tellsOfFailures } from '../../../../src/runner/server/sync-cluster.ts';

/** Programs that end as they are told to; null: there is none of this name. */
function programs(ends: Readonly<Record<string, Partial<ProgramEnd> | null>>) {
  const ran: string[] = [];
  const run = async (name: string): Promise<ProgramEnd> => {
    ran.push(name);
    const end = ends[name] ?? null;
    if (end === null) throw new JobFailure(`${name} cannot be run here`);
    return { name, exitCode: 0, signal: null, output: '', errorLines: [], ...end };
  };
  return { ran, programs: { run } };
}

describe('syncCluster', () => {
  it('asks PostgreSQL where there is no program that syncs a file system, or it knows no option', async () => {
    const none = programs({ initdb: {} });
    await syncCluster(none, '/data');
    expect(none.ran.at(-1)).toBe('initdb');
    const other = programs({ sync: { exitCode: 1, errorLines: ["sync: unrecognized option '-f'"] }, initdb: {} });
    await syncCluster(other, '/data');
    expect(other.ran.at(-1)).toBe('initdb');
  });

  it('fails of what could not be written, and does not ask again: the second answer would be that all is well', async () => {
    const torn = programs({
      sync: { exitCode: 1, errorLines: ["sync: error syncing '/data/PG_VERSION': Input/output error"] },
      initdb: { exitCode: 1, errorLines: ['initdb: error: could not fsync file: Input/output error'] },
    });
    await expect(syncCluster(torn, '/data')).rejects.toThrow(/could not be written to disk: .*Input\/output error/);
    expect(torn.ran).toHaveLength(1);
  });

  it('knows which Linux tells of failures', () => {
    expect(['5.8.0', '5.10.0-30-amd64', '6.1.0', '10.0'].map(tellsOfFailures)).toEqual([true, true, true, true]);
    expect(['5.7.19', '4.18.0-553.el8', 'unknown'].map(tellsOfFailures)).toEqual([false, false, false]);
  });
});

describe('keepSyncing', () => {
  afterEach(() => vi.useRealTimers());

  it('syncs again and again until it is told to end', async () => {
    vi.useFakeTimers();
    const good = programs({ sync: {} });
    const stop = keepSyncing(good, '/data');
    await vi.advanceTimersByTimeAsync(3_500);
    await stop();
    expect(good.ran).toEqual(['sync', 'sync', 'sync']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(good.ran).toHaveLength(3);
  });

  it('fails at its end of what could not be written, which is told once', async () => {
    vi.useFakeTimers();
    const torn = programs({ sync: { exitCode: 1, errorLines: ['sync: Input/output error'] } });
    const stop = keepSyncing(torn, '/data');
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(stop()).rejects.toThrow(/could not be written to disk/);
    expect(torn.ran).toEqual(['sync']);
  });
});
