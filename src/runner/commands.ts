import type { Program } from './attempt/attempt.ts';
import { readRelease } from './release.ts';

/** What the process gives to whatever runs in it. */
export interface Host {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted with the name of the signal that ends the process, without SIG. */
  readonly signal: AbortSignal;
  /** Writes a line to standard output, whole. */
  readonly say: (line: string) => void;
}

/** Programs of platform jobs by kind, each loaded when it is run. */
export type ProgramTable = Readonly<Record<string, () => Promise<Program>>>;

function findProgram(programs: ProgramTable, kind: string): () => Promise<Program> {
  const load = Object.hasOwn(programs, kind) ? programs[kind] : undefined;
  if (load === undefined) throw new Error(`there is no program for ${kind} jobs`);
  return load;
}

/**
 * What runs beside the data, and the exit status of it:
 *
 *   work KIND      the program of one attempt, which has no grant for the blob store
 *   move           moves files for it, and holds the grant
 *   attempt KIND   both, once, in the foreground
 *   pod KIND [SCRIPT]   an attempt in a container, beside the container of its mover
 *   supervise ORDER   a job of the local platform, attempt after attempt
 *
 * Each loads only what it needs.
 */
export async function runCommand(host: Host, programs: ProgramTable): Promise<number> {
  const { environment, signal, say } = host;
  const [command = '', kind = '', ...rest] = host.arguments;
  switch (command) {
    case 'work': {
      const load = findProgram(programs, kind);
      const { work } = await import('./attempt/work.ts');
      return work(await load(), environment, signal, say);
    }
    case 'move': {
      const { move } = await import('./mover/move.ts');
      await move(environment, signal);
      return 0;
    }
    case 'attempt': {
      findProgram(programs, kind);
      const { runAttempt } = await import('./attempt/run-attempt.ts');
      const { TOYGRES_SCRATCH_DIR = '', TOYGRES_SECRETS_DIR = '', TOYGRES_ATTEMPT = '1', ...parameters } = environment;
      const memoryBytes = Number(parameters.TOYGRES_JOB_MEMORY_BYTES ?? 0) || null;
      return runAttempt({
        number: Number(TOYGRES_ATTEMPT),
        directory: `${TOYGRES_SCRATCH_DIR}/${TOYGRES_ATTEMPT}`,
        secretsDirectory: TOYGRES_SECRETS_DIR,
        environment: parameters as Record<string, string>,
        worker: ownCommand('work', kind),
        mover: ownCommand('move'),
        users: null,
        memoryBytes,
        onLine: say,
        signal,
      });
    }
    case 'supervise': {
      const { SupervisorOrder } = await import('../../jobs/ports/supervisor-order.ts');
      const { supervise } = await import('./attempt/supervise.ts');
      await supervise(SupervisorOrder.parse(JSON.parse(kind)), environment, signal);
      return 0;
    }
    case 'pod': {
      const { runInPod } = await import('./attempt/pod.ts');
      const script = rest[0];
      const worker = script === undefined ? ownCommand('work', kind) : ['bash', script];
      return runInPod({ worker, environment, release: await readRelease(), ending: signal, say });
    }
    default:
      throw new Error(`no command ${JSON.stringify(command)}`);
  }
}

/** The command line that starts another part of this very program. */
function ownCommand(...args: readonly string[]): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...args];
}
