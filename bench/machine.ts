import { readFile, statfs } from 'node:fs/promises';
import os from 'node:os';
import type { PostgresPrograms } from '../src/postgres-programs/find.ts';

/** What has to be known of the machine to read its figures. */
export interface MachineFacts {
  readonly processor: string;
  readonly memory: string;
  readonly disk: string;
  readonly system: string;
  readonly postgres: string;
  readonly node: string;
  /** Of others, when the bench began. */
  readonly load: string;
  readonly at: string;
}

async function diskOf(directory: string): Promise<string> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const mount = mounts
    .filter(([, point = '']) => point === '/' || `${directory}/`.startsWith(`${point}/`))
    .sort((a, b) => (b[1]?.length ?? 0) - (a[1]?.length ?? 0))[0];
  const { bavail, bsize } = await statfs(directory);
  return `${mount?.[2] ?? 'unknown'}, ${Math.round((bavail * bsize) / 1e9)} GB free`;
}

export async function readMachine(directory: string, programs: PostgresPrograms): Promise<MachineFacts> {
  const processors = os.cpus();
  return {
    processor: `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(os.totalmem() / 1e9)} GB`,
    disk: await diskOf(directory),
    system: `${os.type()} ${os.release()}`,
    postgres: programs.version,
    node: process.version,
    load: os
      .loadavg()
      .map((value) => value.toFixed(1))
      .join(' '),
    at: new Date().toISOString(),
  };
}
