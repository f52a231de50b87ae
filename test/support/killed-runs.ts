import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { isAlive, listProcesses, markProcess, ProcessMark, signalProcess } from '../../src/machine/process-mark.ts';
import { describeProcess } from './outliving.ts';

/** Where runs of tests note what they have started, for the case that they are killed. */
const NOTES = '/tmp/toygres-test-runs';

const Note = z.object({ run: ProcessMark, processes: z.array(ProcessMark), directories: z.array(z.string()) });
type Note = z.infer<typeof Note>;

/** What a run notes of itself. */
export interface RunNote {
  /** Directories that go with the run. */
  keepDirectory(directory: string): void;
  /** What lives of what it has started, as it was seen last. */
  note(processes: readonly { readonly pid: number; readonly startTicks: string }[]): Promise<void>;
  /** The run has looked after itself. */
  remove(): Promise<void>;
}

/** Notes a run under its own pid. */
export async function noteRun(notes = NOTES): Promise<RunNote> {
  const run = await markProcess(process.pid);
  if (run === null) throw new Error('a process that runs has a mark');
  const file = path.join(notes, `${run.pid}-${run.startTicks}.json`);
  const directories: string[] = [];
  await mkdir(notes, { recursive: true });
  return {
    keepDirectory: (directory) => void directories.push(directory),
    async note(processes) {
      const marks = processes.map(({ pid, startTicks }) => ({ pid, startTicks, bootId: run.bootId }));
      await writeFile(`${file}.new`, JSON.stringify({ run, processes: marks, directories } satisfies Note));
      await rename(`${file}.new`, file);
    },
    remove: () => rm(file, { force: true }),
  };
}

/** Ends by force what runs have left that were killed themselves, with what that has started, and names it. */
export async function endWhatKilledRunsLeft(notes = NOTES): Promise<readonly string[]> {
  const ended: string[] = [];
  for (const name of (await readdir(notes).catch(() => [])).filter((each) => each.endsWith('.json'))) {
    const file = path.join(notes, name);
    const note = await readNote(file);
    if (note !== null && (await isAlive(note.run))) continue;
    for (const mark of note === null ? [] : await withDescendants(note.processes)) {
      if (!(await isAlive(mark))) continue;
      ended.push(await describeProcess(mark.pid));
      await signalProcess(mark, 'SIGKILL');
    }
    for (const directory of note?.directories ?? []) await rm(directory, { recursive: true, force: true });
    await rm(file, { force: true });
  }
  return ended;
}

async function readNote(file: string): Promise<Note | null> {
  try {
    return Note.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

async function withDescendants(marks: readonly ProcessMark[]): Promise<readonly ProcessMark[]> {
  const living = await listProcesses();
  const found = new Map<number, ProcessMark>();
  for (const mark of marks) if (await isAlive(mark)) found.set(mark.pid, mark);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent, startTicks } of living) {
      const root = found.get(parent);
      if (root !== undefined && !found.has(pid)) found.set(pid, { pid, startTicks, bootId: root.bootId });
    }
  }
  return [...found.values()];
}
