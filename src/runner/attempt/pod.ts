import { rmSync, writeFileSync } from 'node:fs';
import { CONTROL_MARK, formatJobMessage, parseJobLine } from '../../../jobs/ports/job-protocol.ts';
import { FINAL_STATUS } from './exit-status.ts';
import { runAttempt } from './run-attempt.ts';
import type { Environment } from './work.ts';

/** Where the cluster puts things into the container. */
const PLACES = {
  secrets: '/secrets',
  ownSecrets: '/run/toygres/secrets',
  scratch: '/scratch',
  exchange: { socket: '/received/s', out: '/scratch/out' },
  /** The cause, for who comes when the log is gone; the cluster keeps 4096 bytes of it. */
  lastWords: '/dev/termination-log',
} as const;
const LAST_WORDS_BYTES = 4_000;
const LONGEST_ERROR = 4_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const ENDED_BY_TERM = 143;

/** What is for us and not for the program. */
const OURS = ['TOYGRES_FAILURES', 'TOYGRES_DISRUPTIONS', 'TOYGRES_DEADLINE_SECONDS', 'TOYGRES_RELEASE'];

export interface PodOptions {
  /** The program and its arguments. */
  readonly worker: readonly string[];
  readonly environment: Environment;
  /** Of this runner. */
  readonly release: string;
  readonly ending: AbortSignal;
  readonly say: (line: string) => void;
}

function countOf(text: string | undefined): number {
  return Number(text ?? 0) || 0;
}

/**
 * Runs one attempt of a job in its container, beside the container of its mover, and gives the container's exit status.
 * TOYGRES_FAILURES and TOYGRES_DISRUPTIONS count the attempts before this one; TOYGRES_DEADLINE_SECONDS bounds it, and
 * TOYGRES_RELEASE must be this runner's.
 */
export async function runInPod({ worker, environment, release, ending, say }: PodOptions): Promise<number> {
  let [error, result] = ['', ''];
  const keep = (line: string) => {
    const message = parseJobLine(line);
    if (message?.kind === 'error') error = line.slice(0, LONGEST_ERROR);
    if (message?.kind === 'result') result = line;
    say(message?.kind === 'error' ? error : line);
  };
  const leave = (status: number) => {
    const words = error || result;
    // Longer words cannot be kept whole, and a part of them cannot be read.
    if (words !== '' && Buffer.byteLength(words) <= LAST_WORDS_BYTES) {
      try {
        writeFileSync(PLACES.lastWords, `${words}\n`);
      } catch {
        // The log has them.
      }
    }
    return status;
  };

  const wanted = environment.TOYGRES_RELEASE ?? release;
  if (wanted !== release) {
    const text = `tools: the job's image is of Toygres ${release}, and the control plane is ${wanted}`;
    keep(formatJobMessage({ kind: 'error', text }));
    return leave(FINAL_STATUS);
  }
  const deadline = AbortSignal.timeout(
    Math.min(countOf(environment.TOYGRES_DEADLINE_SECONDS) * 1000 || LONGEST_TIMER_MS, LONGEST_TIMER_MS),
  );
  const given = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || OURS.includes(name) ? [] : [[name, value] as const],
  );
  rmSync(PLACES.ownSecrets, { recursive: true, force: true });
  const number = countOf(environment.TOYGRES_FAILURES) + countOf(environment.TOYGRES_DISRUPTIONS) + 1;
  const status = await runAttempt({
    number,
    directory: `${PLACES.scratch}/${number}`,
    secretsDirectory: PLACES.secrets,
    secretsPlace: PLACES.ownSecrets,
    environment: Object.fromEntries(given),
    worker,
    mover: null,
    exchange: PLACES.exchange,
    users: null,
    onLine: keep,
    signal: AbortSignal.any([ending, deadline]),
  });
  if (ending.aborted) return leave(ENDED_BY_TERM);
  if (deadline.aborted) {
    error = `${CONTROL_MARK} deadline`;
    say(error);
    return leave(FINAL_STATUS);
  }
  if (status === 0 && result === '') {
    if (error === '') say(formatJobMessage({ kind: 'silent' }));
    return leave(1);
  }
  return leave(status);
}
