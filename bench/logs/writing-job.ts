import { randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findRunner } from '../../src/app/runner-place.ts';
import { createLogger } from '../../src/log/logger.ts';
import { createLocalPlatform, type LocalPlatform } from '../../src/platform/local/local-platform.ts';
import type { Place } from '../place.ts';

const HOME_ID = 'bench';
/** What the platform of these homes is called in the records. */
export const LOCAL_PLATFORM = `local:${HOME_ID}`;
const PROGRAM = 'write-lines.mjs';
/** With the Node that jobs find beside their scripts where they cannot come to ours. */
const SCRIPT = `here="$(dirname "$0")"
node="$here/../node"
[ -x "$node" ] || node='${process.execPath}'
exec "$node" "$here/${PROGRAM}"
`;

const stateOf = (directory: string) => path.join(directory, 'state');

/** Puts what a job runs into a home below `directory`. Once for each. */
export async function prepareHome(directory: string): Promise<void> {
  const scripts = path.join(directory, 'scripts');
  await mkdir(scripts, { recursive: true });
  await mkdir(stateOf(directory));
  await findRunner(stateOf(directory));
  await chmod(directory, 0o755);
  await writeFile(path.join(scripts, 'backup.sh'), SCRIPT);
  await copyFile(path.join(import.meta.dirname, PROGRAM), path.join(scripts, PROGRAM));
}

/** The local platform of a home that was prepared; others may have it open as well. */
export async function openHome(
  directory: string,
  { programs, identity }: Pick<Place, 'programs' | 'identity'>,
): Promise<LocalPlatform> {
  return createLocalPlatform({
    homeId: HOME_ID,
    stateDirectory: stateOf(directory),
    programs: [programs],
    identity,
    azcopyPath: null,
    scriptsDirectory: path.join(directory, 'scripts'),
    runnerDirectory: path.join(stateOf(directory), 'runner'),
    jobConcurrency: 1,
    namespaces: ['bench'],
    log: createLogger('warn'),
  });
}

/** A job that writes so many lines so fast, and its end. */
export interface WritingJob {
  readonly id: string;
  readonly name: string;
  /** Starts it, and resolves once it has begun. */
  start(): Promise<void>;
  /** Waits until it has ended. Answers with how many seconds it ran. */
  untilOver(): Promise<number>;
}

export function createWritingJob(platform: LocalPlatform, lines: number, linesASecond: number): WritingJob {
  const id = randomUUID();
  const spec = {
    id,
    namespace: 'bench',
    name: `bench-${id.slice(0, 8)}`,
    kind: 'backup',
    operationId: randomUUID(),
    instanceId: null,
    imageId: null,
    volume: null,
    imageType: 'STOCK',
    postgresVersion: '15',
    parameters: { LINES: String(lines), LINES_A_SECOND: String(linesASecond) },
    secrets: {},
    scratchBytes: 1_000_000,
    deadlineSeconds: 300,
    attempts: 1,
  } as const;
  const read = async () => {
    const status = await platform.readJob(spec);
    if (status.state === 'FAILED' || status.state === 'CANCELLED')
      throw new Error(`a job of the bench ended ${status.state}`);
    return status;
  };
  return {
    id,
    name: spec.name,
    async start() {
      await platform.ensureJob(spec);
      while ((await read()).startedAt === null) await delay(20);
    },
    async untilOver() {
      for (;;) {
        const { state, startedAt, finishedAt } = await read();
        if (state === 'SUCCEEDED' && startedAt !== null && finishedAt !== null) {
          return (finishedAt.getTime() - startedAt.getTime()) / 1000;
        }
        await delay(100);
      }
    },
  };
}
