import { JobFailure } from '../attempt/failure.ts';
import type { TableRow } from '../catalogue/tables.ts';
import { createContentsReader, findMissing } from './contents.ts';
import type { WrittenDump } from './run-pg-dump.ts';
import type { DumpGround, SourceDatabase } from './source.ts';
import { createToolWords } from './tool-words.ts';

/** Has pg_restore read the table of contents back. Throws JobFailure where it cannot be read, or does not hold every table. */
export async function readContents(
  { attempt }: DumpGround,
  { name }: SourceDatabase,
  { directory, files }: WrittenDump,
  tables: readonly TableRow[],
): Promise<void> {
  const reader = createContentsReader();
  const words = createToolWords('pg_restore');
  const end = await attempt.programs.run('pg_restore', {
    arguments: ['--list', directory],
    onOutput: reader.take,
    onError: (line) => void words.take(line),
  });
  if (end.exitCode !== 0) {
    throw new JobFailure(`the dump of database ${name.text} cannot be read back: ${words.cause()}`);
  }
  const missing = findMissing(reader.read(), files, tables);
  if (missing !== null) throw new JobFailure(`the dump of database ${name.text} ${missing}`);
}
