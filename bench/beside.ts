import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { formatBytes } from '../src/cli/units.ts';
import { until } from '../src/waiting/until.ts';
import { median } from './figures.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import type { SectionReport } from './report.ts';
import { fillServer } from './sample-data.ts';
import { settleDisk } from './settle-disk.ts';
import { onDatabase, runSql } from './sql.ts';
import { startStandalone } from './standalone.ts';

/** Of what pg_dump writes, before it is packed: so that an image lasts longer than what is measured beside it. */
const RATE = '8MB';
/** And its programs give way on the processor. */
const NICE = '19';
const SECONDS = 20;
const CLIENTS = 4;
const SCALE = 10;
const USERS = 'users';

async function runPgbench(program: string, login: string, given: readonly string[]): Promise<string> {
  const url = new URL(onDatabase(login, USERS));
  const env = { PGPASSWORD: decodeURIComponent(url.password) };
  url.password = '';
  return (await promisify(execFile)(program, [...given, url.href], { env })).stdout;
}

/** Transactions a second of pgbench on the server, as its users would have them. */
async function pgbench(program: string, login: string): Promise<number> {
  const clients = [`--client=${CLIENTS}`, '--jobs=1', `--time=${SECONDS}`, '--no-vacuum'];
  const stdout = await runPgbench(program, login, clients);
  const [, perSecond] = /^tps = ([\d.]+)/m.exec(stdout) ?? [];
  if (perSecond === undefined) throw new Error(`beside: pgbench says something else: ${stdout}`);
  return Number(perSecond);
}

/** What users of a server feel of an image that is taken meanwhile, held to a rate and not: pgbench alone, and beside it. */
export async function benchBeside(place: Place, { runs, sizeBytes }: BenchOptions): Promise<SectionReport> {
  const program = path.join(place.programs.directory, 'pgbench');
  const alone: number[] = [];
  const limited: number[] = [];
  const unlimited: number[] = [];
  let size = '';
  for (const [rate, beside] of [
    [RATE, limited],
    [null, unlimited],
  ] as const) {
    const environment = rate === null ? {} : { TOYGRES_BACKUP_MAX_RATE: rate, TOYGRES_BACKUP_NICE: NICE };
    await using standalone = await startStandalone(place, `beside-${rate ?? 'any'}`, environment);
    const { product } = standalone;
    const source = await product.run('createInstance', 'instance', { name: 'source' });
    const login = await product.connectionString(source.id);
    place.say(`beside: filling a server with ${formatBytes(sizeBytes)} ...`);
    size = formatBytes(await fillServer(login, sizeBytes));
    await runSql(login, `CREATE DATABASE ${USERS}`);
    await runPgbench(program, login, ['--initialize', '--quiet', `--scale=${SCALE}`]);
    const isDumping = async () =>
      (await runSql(login, `SELECT FROM pg_stat_activity WHERE query ~ '^COPY .* TO stdout'`)).length > 0;
    for (let run = 1; run <= runs; run += 1) {
      await settleDisk();
      if (rate !== null) alone.push(await pgbench(program, login));
      await settleDisk();
      const progress = { isOver: false };
      // Without a rate one image is over soon: the next begins.
      const taking = (async () => {
        for (let nth = 1; nth === 1 || (rate === null && !progress.isOver); nth += 1) {
          await product.run('createImage', 'image', { name: `image-${run}-${nth}`, instanceId: source.id });
        }
      })();
      taking.then(() => {
        progress.isOver = true;
      }, place.say);
      if (!(await until(isDumping, { timeoutMs: 60_000 }))) throw new Error('beside: no image is being dumped');
      beside.push(await pgbench(program, login));
      if (progress.isOver) throw new Error('beside: the image was over before pgbench: take a larger --size');
      progress.isOver = true;
      await taking;
      place.say(`beside: run ${run} of ${runs}: ${Math.round(beside.at(-1) ?? 0)} transactions a second beside images`);
    }
  }
  const each = (perSecond: readonly number[]) => perSecond.map((tps) => (CLIENTS / tps) * 1000);
  const measure = (name: string, perSecond: readonly number[]) => ({
    name,
    unit: 'ms',
    values: each(perSecond),
    against: [{ name: 'pgbench alone', values: each(alone) }],
    notes: [`${Math.round(median(perSecond))} transactions a second against ${Math.round(median(alone))} alone`],
  });
  return {
    section: `users of a server of ${size} while its image is taken`,
    measurements: [
      measure(`a transaction beside an image held to ${RATE} a second`, limited),
      measure('a transaction beside images that are held to nothing', unlimited),
    ],
  };
}
