import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { createLoadBed, programsByAge } from '../support/load-bed.ts';
import { makeRoles } from './bring-back.ts';
import { databasesComeBack } from './property.ts';

const USAGE = `npm run test:random -- [--seed N] [--path P] [--minutes M] [--newest] [--of-newest]

Makes random databases, dumps and loads them, and compares what came back, until the time is over or one differs. That one is
made smaller first, and told as SQL. --seed and --path bring back what was told; --newest loads into the newest version
here, and --of-newest makes them there, too.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    path: { type: 'string' },
    minutes: { type: 'string', default: '5' },
    newest: { type: 'boolean', default: false },
    'of-newest': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function run(): Promise<boolean> {
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const minutes = Number(values.minutes);
  if (!Number.isSafeInteger(seed) || !(minutes > 0)) throw new Error(USAGE);
  const newest = (await programsByAge()).at(-1);
  const source = values['of-newest'] ? newest : undefined;
  const bed = await createLoadBed({ source, copy: values.newest || values['of-newest'] ? newest : undefined });
  const tried = { databases: 0, statements: 0, refused: 0 };
  try {
    await makeRoles(bed.source, bed.copy);
    const result = await fc.check(databasesComeBack(bed, tried), {
      seed,
      numRuns: 1_000_000,
      interruptAfterTimeLimit: minutes * 60_000,
      markInterruptAsFailure: false,
      ...(values.path === undefined ? {} : { path: values.path }),
    });
    say(
      `seed ${seed}: ${tried.databases} databases of ${tried.statements} statements (${tried.refused} more were refused by the source)`,
    );
    if (!result.failed) return true;
    say(`--seed ${result.seed} --path ${result.counterexamplePath}\n${fc.stringify(result.counterexample)}`);
    const said = result.errorInstance;
    say(said instanceof Error ? said.message : String(said));
    return false;
  } finally {
    await bed.stop();
  }
}

if (values.help) say(USAGE);
else process.exitCode = (await run()) ? 0 : 1;
