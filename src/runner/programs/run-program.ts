import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { JobFailure } from '../attempt/failure.ts';
import { createLineSplitter } from './line-splitter.ts';

export interface ProgramRun {
  readonly arguments: readonly string[];
  /** Besides what every program gets: PATH, HOME, TMPDIR, the C locale. Never a secret. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: the attempt's scratch directory. */
  readonly directory?: string;
  /** What it reads on its standard input; nothing when left out. */
  readonly input?: string | Readable;
  /** Takes its standard output line by line; else the output's first 1 MiB is kept. */
  readonly onOutput?: (line: string) => void;
  /** Takes its standard output as it is, instead: `run` waits for it, and throws what it fails with, which ends the program. */
  readonly onBytes?: (output: Readable) => Promise<void>;
  /** Takes its standard error line by line. */
  readonly onError?: (line: string) => void;
  /** Called when it was started. */
  readonly onStart?: (pid: number) => void;
  /** Ends it besides the attempt's own signal. */
  readonly signal?: AbortSignal;
}

/** How a program ended. What it said last is read to the end, though its own children may hold its pipes open. */
export interface ProgramEnd {
  readonly name: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  /** The last lines of its standard error. */
  readonly errorLines: readonly string[];
}

export interface Programs {
  /**
   * Runs a program that is found on the job's PATH, and resolves with how it ended, whatever its exit status.
   * Rejects with JobFailure when it cannot be started, and with the signal's reason when it was ended for that.
   */
  run(name: string, run: ProgramRun): Promise<ProgramEnd>;
}

/** What all programs of an attempt share. */
export interface ProgramGround {
  readonly environment: Readonly<Record<string, string>>;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

const OUTPUT_BYTES = 1 << 20;
const ERROR_LINES = 200;
/** How long a program that has ended is read on at most: who else holds its pipe may speak for ever. */
const LAST_WORDS_MS = 60_000;
/** When nothing came for so long after its end, its pipes are empty. */
const SILENCE_MS = 60;
const GRACE_MS = 2_000;

function follow(
  stream: Readable | null,
  take: (line: string) => void,
): { readonly ended: Promise<void>; close(): void; heardAt(): number } {
  if (stream === null) return { ended: Promise.resolve(), close: () => undefined, heardAt: () => 0 };
  const splitter = createLineSplitter(take);
  let heard = 0;
  stream.on('data', (chunk: Buffer) => {
    heard = performance.now();
    splitter.push(chunk);
  });
  const ended = new Promise<void>((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => resolve());
  });
  return {
    ended,
    heardAt: () => heard,
    close: () => {
      stream.removeAllListeners('data');
      splitter.end();
      stream.destroy();
    },
  };
}

/** Programs as child processes: an argument vector, an environment of our choice, and no shell. */
export function createPrograms(ground: ProgramGround): Programs {
  return {
    run: async (name, run) => {
      ground.signal.throwIfAborted();
      run.signal?.throwIfAborted();
      const signal = run.signal === undefined ? ground.signal : AbortSignal.any([ground.signal, run.signal]);
      let output = '';
      const errorLines: string[] = [];
      const child = spawn(name, run.arguments, {
        cwd: run.directory ?? ground.scratch,
        env: { ...ground.environment, ...run.environment },
        stdio: [run.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
      const onOutput =
        run.onOutput ??
        ((line: string) => {
          if (output.length < OUTPUT_BYTES) output += `${line}\n`;
        });
      const taken = takeBytes(child.stdout, run.onBytes);
      const streams = [
        follow(run.onBytes === undefined ? child.stdout : null, onOutput),
        follow(child.stderr, (line) => {
          errorLines.push(line);
          if (errorLines.length > ERROR_LINES) errorLines.shift();
          run.onError?.(line);
        }),
      ];
      const end = () => {
        // Whoever takes it may wait for more.
        if (run.onBytes !== undefined) child.stdout?.destroy();
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
      };
      signal.addEventListener('abort', end, { once: true });
      try {
        const ended = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
          child.once('error', (cause) => reject(new JobFailure(`${name} cannot be run here`, { cause })));
          child.once('spawn', () => {
            if (child.pid !== undefined) run.onStart?.(child.pid);
            if (child.stdin === null || run.input === undefined) return;
            // It may end without having read all.
            child.stdin.on('error', () => undefined);
            if (typeof run.input === 'string') child.stdin.end(run.input);
            else run.input.pipe(child.stdin);
          });
          child.once('exit', (code, by) => resolve({ code, signal: by }));
        });
        await readLastWords(streams);
        const failure = await taken;
        signal.throwIfAborted();
        if (failure !== null) throw failure.error;
        return { name, exitCode: ended.code, signal: ended.signal, output, errorLines };
      } finally {
        signal.removeEventListener('abort', end);
        for (const stream of streams) stream.close();
      }
    },
  };
}

/** Resolves when all was taken, with what that failed of: then whoever writes finds nobody who reads. */
async function takeBytes(
  output: Readable | null,
  take: ProgramRun['onBytes'],
): Promise<{ readonly error: unknown } | null> {
  if (output === null || take === undefined) return null;
  try {
    await take(output);
    return null;
  } catch (error) {
    return { error };
  } finally {
    output.destroy();
  }
}

/** What a program that has ended said last stands in its pipes. Its workers may go on and hold them open. */
async function readLastWords(streams: readonly ReturnType<typeof follow>[]): Promise<void> {
  const begun = performance.now();
  let isOver = false;
  const all = Promise.all(streams.map(({ ended }) => ended)).then(() => {
    isOver = true;
  });
  while (!isOver && performance.now() - begun < LAST_WORDS_MS) {
    await Promise.race([all, delay(SILENCE_MS)]);
    const heardAt = Math.max(begun, ...streams.map((stream) => stream.heardAt()));
    if (performance.now() - heardAt >= SILENCE_MS) return;
  }
}
