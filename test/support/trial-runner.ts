import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Program } from '../../src/runner/attempt/attempt.ts';
import { JobFailure } from '../../src/runner/attempt/failure.ts';
import { runCommand } from '../../src/runner/commands.ts';

/** Uploads the files that its parameter names with their content, and reads all back. */
const trial: Program = async ({ parameters, scratch, files, report }) => {
  const wanted = JSON.parse(parameters.TRIAL_FILES ?? '{}') as Record<string, string>;
  report.phase('upload', 1);
  const uploaded = await Promise.all(
    Object.entries(wanted).map(async ([name, content], index) => {
      await writeFile(path.join(scratch, `file-${index}`), content);
      return { name, ...(await files.upload(`file-${index}`, name)) };
    }),
  );
  await files.settle();
  report.endPhase();
  report.phase('download', 1);
  const received = await files.receiveAll();
  const texts = await Promise.all(received.map((file) => readFile(file.path, 'utf8')));
  report.endPhase();
  return { uploaded, received: received.map(({ path: _, ...file }, index) => ({ ...file, text: texts[index] })) };
};

const fails: Program = async ({ parameters }) => {
  throw new JobFailure(parameters.TRIAL_WORDS ?? '', { final: parameters.TRIAL_FINAL === 'true' });
};

const ending = new AbortController();
for (const name of ['TERM', 'INT'] as const) process.on(`SIG${name}`, () => ending.abort(name));
process.umask(0o027);
process.exitCode = await runCommand(
  {
    arguments: process.argv.slice(2),
    environment: process.env,
    signal: ending.signal,
    say: (line) => process.stdout.write(`${line}\n`),
  },
  { trial: async () => trial, fails: async () => fails },
);
