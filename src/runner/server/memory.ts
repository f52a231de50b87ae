import { readFile } from 'node:fs/promises';

const LIMITS = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];
const MEGABYTE = 1 << 20;

/** Megabytes that this machine or container can give; `allowedBytes`: what the job may have of it, where that is bounded. */
export async function readMemoryMegabytes(allowedBytes: string | undefined): Promise<number> {
  const facts = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  let megabytes = Math.floor(Number(/^MemAvailable:\s+(\d+) kB/m.exec(facts)?.[1] ?? 1024 * 1024) / 1024);
  for (const file of LIMITS) {
    const limit = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (/^\d{1,15}$/.test(limit)) megabytes = Math.min(megabytes, Math.floor(Number(limit) / MEGABYTE));
  }
  return allowedBytes === undefined ? megabytes : Math.min(megabytes, Math.floor(Number(allowedBytes) / MEGABYTE));
}

/** What a server that only loads is given, in megabytes: loading writes past the buffers; more only take longer to look through. */
export function loadingMemory(megabytes: number, width: number): { readonly buffers: number; readonly work: number } {
  const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, Math.floor(value)));
  return { buffers: within(megabytes / 8, 64, 256), work: within(megabytes / 4 / (width + 1), 64, 1024) };
}
