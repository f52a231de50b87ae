import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Attempt } from '../../attempt/attempt.ts';
import { JobFailure } from '../../attempt/failure.ts';
import { createToolWords } from '../../dump/tool-words.ts';
import { readTocFile } from '../../load/toc/read-toc.ts';
import type { Toc } from '../../load/toc/toc-entry.ts';
import { connectionString } from '../../postgres/tool-environment.ts';
import type { ImageDatabase } from '../../restore/image-files.ts';

/** Has pg_dump write down all objects of a database that is here, without their rows. Throws JobFailure in its words. */
export async function dumpObjects(
  { programs, scratch }: Pick<Attempt, 'programs' | 'scratch'>,
  environment: Readonly<Record<string, string>>,
  { name, oid, encoding }: ImageDatabase,
): Promise<Toc> {
  const target = path.join(scratch, 'objects', oid);
  await mkdir(path.dirname(target), { recursive: true });
  const words = createToolWords('pg_dump');
  const end = await programs.run('pg_dump', {
    arguments: [
      '--no-password',
      `--dbname=${connectionString(name.text)}`,
      '--format=directory',
      '--schema-only',
      '--create',
      `--encoding=${encoding}`,
      '--no-tablespaces',
      '--no-sync',
      `--file=${target}`,
    ],
    environment,
    onError: (line) => void words.take(line),
  });
  if (end.exitCode !== 0) {
    throw new JobFailure(`the objects of database ${name.text} could not be written down: ${words.cause()}`);
  }
  return await readTocFile(path.join(target, 'toc.dat'));
}
