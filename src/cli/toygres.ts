import { CommanderError } from 'commander';
import { asSentence } from '../client/as-sentence.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { harmless } from './output/harmless.ts';
import { buildProgram } from './program.ts';
import { InterruptedError } from './watch.ts';

async function main(): Promise<void> {
  const controller = new AbortController();
  // Kept: where nobody listens any more, what restores the cursor ends the process before a word of ours is written.
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      controller.abort(new InterruptedError(name));
    });
  }
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(EXIT.failed));
  const program = await buildProgram({ environment: process.env, signal: controller.signal });
  try {
    await program.parseAsync();
    if (controller.signal.aborted) process.exitCode = EXIT.interrupted;
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has said what was wrong, or shown the help that was asked for.
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
      return;
    }
    const interrupted = error instanceof InterruptedError || controller.signal.aborted;
    process.stderr.write(`toygres: ${harmless(asSentence((error as Error).message))}\n`);
    process.exitCode = interrupted ? EXIT.interrupted : exitCodeOf(error);
  }
}

await main();
