import { readdir, readFile, readlink } from 'node:fs/promises';

/** One living process as /proc shows it. */
export interface SeenProcess {
  readonly pid: number;
  readonly command: string;
  readonly environment: string;
}

async function readProcess(pid: number): Promise<(SeenProcess & { parent: number }) | null> {
  try {
    const [stat, command, environment] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
    ]);
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : { pid, parent: Number(parent), command: command.replaceAll('\0', ' '), environment };
  } catch {
    return null;
  }
}

/** The process and all that it and its children started, as far as they live; nothing of what has ended. */
export async function readProcessTree(root: number): Promise<readonly SeenProcess[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const all = (await Promise.all(pids.map(readProcess))).filter((one) => one !== null);
  const tree = new Set([root]);
  for (let before = 0; before !== tree.size; ) {
    before = tree.size;
    for (const one of all) if (tree.has(one.parent)) tree.add(one.pid);
  }
  return all.filter((one) => tree.has(one.pid));
}

/** Waits for a process below `root` whose command line matches. */
export async function untilProcess(root: number, pattern: RegExp): Promise<SeenProcess> {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; ) {
    const found = (await readProcessTree(root)).find((one) => one.pid !== root && pattern.test(one.command));
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`no process like ${pattern} below ${root}`);
}

/** 'T' of a process that is stopped, 'Z' of one that has ended, null when it is not there any more. */
async function readState(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2)[0] ?? null;
}

/**
 * Stops a process below `root` whose command line matches, in the middle of its work, and gives its pid: one that ended
 * before that is not what was asked for.
 */
export async function stopProcess(root: number, pattern: RegExp): Promise<number> {
  for (;;) {
    const { pid } = await untilProcess(root, pattern);
    let state: string | null = 'R';
    try {
      process.kill(pid, 'SIGSTOP');
    } catch {
      state = null;
    }
    while (state !== null && state !== 'T' && state !== 'Z') {
      await new Promise((resolve) => setTimeout(resolve, 5));
      state = await readState(pid);
    }
    if (state === 'T') return pid;
  }
}

/** Kills a process below `root` whose command line matches, in the middle of its work: it is stopped first. */
export async function killProcess(root: number, pattern: RegExp): Promise<void> {
  process.kill(await stopProcess(root, pattern), 'SIGKILL');
}

/** Whether the process has a TCP socket, of whatever kind. */
export async function hasTcpSocket(pid: number): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  const inodes = links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]).filter((inode) => inode !== undefined);
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  );
  return inodes.some((inode) => tables.some((table) => table.includes(` ${inode} `)));
}
