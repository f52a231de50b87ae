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
      return { ...(await files.upload(`file-${index}`, name)), name };
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

/** Streams so many bytes to the store and back, in pieces; fails in the middle where it is told to. */
const streams: Program = async ({ parameters, files, report }) => {
  const size = Number(parameters.TRIAL_BYTES);
  const piece = Buffer.alloc(100_003, 'a stream that comes back');
  async function* content() {
    for (let sent = 0; sent < size; sent += piece.length) {
      if (parameters.TRIAL_FAILS_AT !== undefined && sent >= Number(parameters.TRIAL_FAILS_AT))
        throw new Error('broken');
      yield piece.subarray(0, Math.min(piece.length, size - sent));
    }
  }
  report.phase('upload', 1);
  const written = await files.write('streamed', content());
  let read = 0;
  for await (const bytes of files.read({ ...written, name: 'streamed' })) read += bytes.length;
  const wrong = files.read({ ...written, name: 'streamed', sha256: '0'.repeat(64) });
  const failure = await drain(wrong).catch((error: unknown) => String(error));
  const memory = process.memoryUsage().rss;
  return { written, read, failure, memory };
};

async function drain(content: AsyncIterable<Uint8Array>): Promise<string> {
  for await (const _ of content);
  return 'it was taken for right';
}

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
  { trial: async () => trial, streams: async () => streams, fails: async () => fails },
);
