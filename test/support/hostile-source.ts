import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import type { ScriptEnd, ScriptName } from './job-script.ts';
import { type MeddlingProxy, startMeddlingProxy } from './meddling-proxy.ts';
import { readProcessTree } from './process-tree.ts';
import { createScriptHarness, type ScriptHarness } from './script-harness.ts';
import type { SourceServer } from './source-server.ts';

/** A real server with a database, behind a proxy that changes what it says. */
export interface HostileSource {
  readonly harness: ScriptHarness;
  readonly server: SourceServer;
  readonly proxy: MeddlingProxy;
  /**
   * Takes an image of it through the proxy: how that ended, the most memory that one of the job's own processes had, the
   * seconds that it took, and where it went. `endMs` after the first message was changed it is ended, as at a deadline.
   */
  take(script: ScriptName, options?: TakeOptions): Promise<Taken>;
  stop(): Promise<void>;
}

export interface TakeOptions {
  readonly endMs?: number;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface Taken {
  readonly end: ScriptEnd;
  readonly megabytes: number;
  readonly seconds: number;
  readonly imageId: string;
}

export async function startHostileSource(): Promise<HostileSource> {
  const harness = await createScriptHarness();
  const server = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await server.query('postgres', 'CREATE ROLE somebody');
  await server.query('postgres', 'CREATE DATABASE shop OWNER somebody');
  await server.query('shop', 'CREATE TABLE things AS SELECT n, md5(n::text) FROM generate_series(1, 100) n');
  const proxy = await startMeddlingProxy(server);
  return {
    harness,
    server,
    proxy,
    take: async (script, { endMs, parameters = {} } = {}) => {
      const imageId = randomUUID();
      const changes = { parameters: { PGPORT: String(proxy.port), ...parameters } };
      const begun = performance.now();
      const running = await harness.runner.start(script, harness.backupRun(server, imageId, changes));
      let megabytes = 0;
      const look = async () => {
        for (const { pid, command } of await readProcessTree(running.pid)) {
          if (!/node/.test(command)) continue;
          const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
          megabytes = Math.max(megabytes, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
        }
      };
      let meddledAt: number | null = null;
      let wasAsked = false;
      const looking = setInterval(() => {
        if (meddledAt === null && proxy.meddled > 0) meddledAt = performance.now();
        if (!wasAsked && endMs !== undefined && meddledAt !== null && performance.now() - meddledAt > endMs) {
          // Once, as a platform does: at its very end a program has nobody any more who hears it, and dies of it.
          wasAsked = true;
          running.signal('SIGTERM');
        }
        void look().catch(() => undefined);
      }, 200);
      try {
        const end = await running.ended;
        expect(end.lines.filter((line) => line.includes(server.password))).toEqual([]);
        return { end, megabytes, seconds: (performance.now() - begun) / 1000, imageId };
      } finally {
        clearInterval(looking);
      }
    },
    stop: async () => {
      await proxy.stop();
      await harness.stop();
    },
  };
}

/** With a result, or with why there is none. */
export function expectToEndAsJobsEnd({ exitCode, results, errors }: ScriptEnd): void {
  const isDone = exitCode === 0;
  expect([results.length, errors.length > 0]).toEqual(isDone ? [1, false] : [0, true]);
}
