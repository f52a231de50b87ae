import { readdirSync, readFileSync } from 'node:fs';
import { every } from '../../waiting/every.ts';

const LOOK_MS = 250;
/** What is shared is told apart at most so often: for that the system walks through all of it. */
const EXACT_MS = 1_000;

/** What one process of an attempt holds of memory that no file is behind, shared parts counted in full. */
interface Held {
  readonly pid: number;
  readonly name: string;
  readonly bytes: number;
}

/** That an attempt holds more than it may. */
export interface TooMuch {
  readonly bytes: number;
  /** The process that holds most, to be ended first. */
  readonly largest: Pick<Held, 'pid' | 'name'>;
}

/** Whose memory is watched. */
export interface Watched {
  /** Of the attempt: its processes have their scratch directory below it. */
  readonly directory: string;
  /** The processes that were started for it, each the head of a session. */
  readonly leaders: readonly number[];
  readonly limitBytes: number;
}

function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function kilobytesOf(text: string, ...names: readonly string[]): number {
  return names.reduce((sum, name) => sum + Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0), 0);
}

/** Its parent, group and session; none when it is gone. */
function readKin(pid: number): readonly number[] {
  const stat = readProc(`${pid}/stat`);
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(1, 4)
    .map(Number);
}

/**
 * Looks four times a second what the processes of an attempt hold of memory, and calls `onTooMuch` once when it is more than
 * they may. What processes share, as workers that were forked, counts once where the system tells it.
 */
export function watchMemory({ directory, leaders, limitBytes }: Watched, onTooMuch: (found: TooMuch) => void) {
  /** Whether a process that lives is one of the attempt. */
  const known = new Map<number, boolean>(leaders.map((pid) => [pid, true]));
  let exactAt = Number.NEGATIVE_INFINITY;

  const isOurs = (pid: number): boolean =>
    readKin(pid).some((kin) => known.get(kin) === true) ||
    `\0${readProc(`${pid}/environ`)}`.includes(`\0TOYGRES_SCRATCH_DIR=${directory}/`);

  function listOurs(): readonly number[] {
    const living = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
    const lives = new Set(living);
    for (const pid of known.keys()) if (!lives.has(pid)) known.delete(pid);
    for (const pid of living) if (!known.has(pid)) known.set(pid, pid !== process.pid && isOurs(pid));
    return living.filter((pid) => known.get(pid));
  }

  function readHeld(pid: number): Held {
    const status = readProc(`${pid}/status`);
    return {
      pid,
      name: /^Name:\s+(.*)/m.exec(status)?.[1] ?? '',
      bytes: kilobytesOf(status, 'RssAnon', 'VmSwap') * 1024,
    };
  }

  /** Shared parts divided by those who share them; what may not be seen counts in full. */
  function readExact({ pid, bytes }: Held): number {
    const shares = readProc(`${pid}/smaps_rollup`);
    return shares.includes('Pss_Anon:') ? kilobytesOf(shares, 'Pss_Anon', 'SwapPss') * 1024 : bytes;
  }

  const look = async () => {
    const held = listOurs().map(readHeld);
    const sum = (sizes: readonly number[]) => sizes.reduce((all, size) => all + size, 0);
    if (sum(held.map(({ bytes }) => bytes)) <= limitBytes || performance.now() - exactAt < EXACT_MS) return;
    exactAt = performance.now();
    const bytes = sum(held.map(readExact));
    const [largest] = held.toSorted((a, b) => b.bytes - a.bytes);
    if (bytes > limitBytes && largest !== undefined) onTooMuch({ bytes, largest });
  };
  // A look that fails, as where nothing more may be opened, is made again.
  return { stop: every(LOOK_MS, look, () => undefined) };
}

/** Says it to the user: how much it was, what held most of it, and what to change. */
export function describeTooMuch({ bytes, largest }: TooMuch, limitBytes: number): string {
  const mebibytes = (size: number) => Math.round(size / 2 ** 20);
  return (
    `the job was ended: it held ${mebibytes(bytes)} MiB of memory and may have ${mebibytes(limitBytes)} MiB, most of it in ` +
    `${largest.name}. Raise TOYGRES_JOB_MEMORY where the server really has so many objects, or so large rows; ` +
    'a PHYSICAL image of it needs less'
  );
}
