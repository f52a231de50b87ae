import { availableParallelism } from 'node:os';
import type { Platform } from '../ports/platform.ts';

/** How many tables a job works on at once: as many as this machine has processors, or what a job's pod is given. */
export function readParallelism({ kind }: Platform): string {
  return String(kind === 'local' ? Math.min(8, Math.max(2, availableParallelism())) : 4);
}
