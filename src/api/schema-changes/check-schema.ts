import { readFile } from 'node:fs/promises';
import { printApiSchema } from '../generate-schema.ts';
import { compareSchemas } from './compare-schemas.ts';
import { RELEASED_SCHEMA } from './released-schema.ts';

const { breaks } = await compareSchemas(await readFile(RELEASED_SCHEMA, 'utf8'), printApiSchema());
for (const change of breaks) process.stderr.write(`${change}\n`);
if (breaks.length > 0) {
  process.stderr.write(
    'Clients of the last release would break. Keep what it has; mark it @deprecated for a release before it goes.\n',
  );
  process.exitCode = 1;
}
