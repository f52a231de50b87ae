import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MachineFacts } from '../machine.ts';
import type { Outcome } from './outcomes.ts';
import { buildPage } from './page.ts';
import { buildPlot } from './plot.ts';

/** Writes the page and its plot into a directory of pages, over those of the run before. */
export async function writePage(
  directory: string,
  machine: MachineFacts,
  outcomes: readonly Outcome[],
): Promise<readonly string[]> {
  const [page, plot] = [path.join(directory, 'bench.md'), path.join(directory, 'images/bench.svg')];
  await mkdir(path.dirname(plot), { recursive: true });
  await writeFile(page, buildPage(machine, outcomes));
  await writeFile(plot, buildPlot(machine, outcomes));
  return [page, plot];
}
