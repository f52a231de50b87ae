import { formatBytes } from '../src/cli/units.ts';
import { prepareByHand } from './by-hand.ts';
import { type Dataset, OBJECTS, ROWS, TABLES } from './dataset.ts';
import { median } from './figures.ts';
import { measureLook } from './look.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import type { Product, TimedOperation } from './product.ts';
import type { Measurement, SectionReport } from './report.ts';
import { DATABASE } from './sample-data.ts';
import { settleDisk } from './settle-disk.ts';
import { onDatabase, runSql } from './sql.ts';
import { startStandalone } from './standalone.ts';

const short = (seconds: number) => `${seconds.toFixed(1)} s`;

/** The steps that took the longest, by their medians. */
export function whereItWent(operations: readonly TimedOperation[]): string {
  const names = [...(operations[0]?.steps.keys() ?? [])];
  const medians = names.map((name) => ({ name, seconds: median(operations.map(({ steps }) => steps.get(name) ?? 0)) }));
  const longest = medians.filter(({ seconds }) => seconds >= 0.1).sort((a, b) => b.seconds - a.seconds);
  return longest.map(({ name, seconds }) => `${name} ${short(seconds)}`).join(', ');
}

function parts(of: Readonly<Record<string, readonly number[]>>): string {
  return Object.entries(of)
    .map(([name, values]) => `${name} ${short(median(values))}`)
    .join(', ');
}

/** Restores an image, compares, and deletes the copy. */
export async function restoreOnce(
  product: Product,
  imageId: string,
  name: string,
  { read }: Dataset,
  expected: string,
): Promise<TimedOperation> {
  const restored = await product.run('createInstance', 'instance', { name, sourceImageId: imageId });
  if ((await read(await product.connectionString(restored.id))) !== expected) {
    throw new Error('what was restored differs');
  }
  await product.run('deleteInstance', 'instance', { instanceId: restored.id });
  return restored;
}

/** One large database in a few tables. */
export const benchImage = (place: Place, options: BenchOptions) =>
  benchDataset(place, options, ROWS, (size) => `image of a server with one database of ${size}`);

/** Very many small tables: what costs the same for each. */
export const benchTables = (place: Place, options: BenchOptions) =>
  benchDataset(
    place,
    options,
    TABLES,
    (size) => `image of a server with 3,000 small tables, ${size}`,
    (login) => measureLook(place, login, options.runs),
  );

/** Few rows of 96 MB that do not compress, and 20,000 large objects. */
export const benchObjects = (place: Place, options: BenchOptions) =>
  benchDataset(
    place,
    options,
    OBJECTS,
    (size) => `image of a server with large rows and 20,000 large objects, ${size}`,
  );

/** A small database: what an image and a restore cost at least. */
export const benchSmall = (place: Place, options: BenchOptions) =>
  benchDataset(
    place,
    { ...options, sizeBytes: SMALL_BYTES },
    ROWS,
    (size) => `image of a server with a small database of ${size}`,
  );

const SMALL_BYTES = 10e6;

/** An image of a server and its restore, the product and the plain tools by turns on the same source and blob store. */
async function benchDataset(
  place: Place,
  { runs, sizeBytes }: BenchOptions,
  dataset: Dataset,
  sectionOf: (size: string) => string,
  /** What else is measured of the source, when the images are deleted. */
  measureMore: (login: string) => Promise<readonly Measurement[]> = async () => [],
): Promise<SectionReport> {
  const { say } = place;
  await using standalone = await startStandalone(place, 'image-home');
  const { product } = standalone;
  const source = await product.run('createInstance', 'instance', { name: 'source' });
  const login = await product.connectionString(source.id);
  say('image: filling a database ...');
  const databaseBytes = await dataset.fill(login, sizeBytes);
  const expected = await dataset.read(login);
  const byHand = await prepareByHand(place, standalone.home, dataset.read, expected);

  const images: TimedOperation[] = [];
  const restores: TimedOperation[] = [];
  const backups: Awaited<ReturnType<typeof byHand.backUp>>[] = [];
  const plain: Awaited<ReturnType<typeof byHand.restore>>[] = [];
  const parallel: typeof plain = [];
  let imageBytes = 0;
  for (let run = 1; run <= runs; run += 1) {
    const takeImage = async () => {
      await settleDisk();
      const taken = await product.run('createImage', 'image', { name: `image-${run}`, instanceId: source.id });
      images.push(taken);
      imageBytes = await product.imageBytes(taken.id);
      return taken.id;
    };
    const backUp = async () => {
      await settleDisk();
      backups.push(await byHand.backUp(login));
    };
    const putBack = async (jobs: number) => {
      await settleDisk();
      return byHand.restore(jobs);
    };
    // Neither is always the one that finds the files in memory.
    if (run % 2 === 0) await backUp();
    const imageId = await takeImage();
    if (run % 2 === 1) await backUp();
    await runSql(onDatabase(login, DATABASE), 'CHECKPOINT');
    await settleDisk();
    restores.push(await restoreOnce(product, imageId, `copy-${run}`, dataset, expected));
    plain.push(await putBack(1));
    parallel.push(await putBack(2));
    await product.run('deleteImage', 'image', { imageId });
    const last = [images.at(-1)?.seconds, restores.at(-1)?.seconds].map((seconds) => short(seconds ?? 0));
    say(`image: run ${run} of ${runs}: image ${last[0]}, restore ${last[1]}`);
  }
  const more = await measureMore(login);
  const sum = (rows: readonly Readonly<Record<string, number>>[], ...names: string[]) =>
    rows.map((row) => names.reduce((total, name) => total + (row[name] ?? 0), 0));
  const whole = ['download', 'server', 'restore'];
  const serverSeconds = ({ steps }: TimedOperation) =>
    (steps.get('Start the server') ?? 0) + (steps.get('Wait until the server is ready') ?? 0);
  return {
    section: sectionOf(formatBytes(databaseBytes)),
    measurements: [
      {
        name: 'image',
        unit: 's',
        values: images.map(({ seconds }) => seconds),
        against: [{ name: 'pg_dump -Fc, azcopy', values: sum(backups, 'dump', 'upload') }],
        notes: [
          `product: ${whereItWent(images)}; ${formatBytes(imageBytes)} stored`,
          `by hand: ${parts({ dump: sum(backups, 'dump'), azcopy: sum(backups, 'upload') })}; ${formatBytes(backups[0]?.bytes ?? 0)} stored`,
        ],
      },
      {
        name: 'restore into a new server',
        unit: 's',
        values: restores.map(({ seconds }) => seconds),
        against: [
          { name: 'azcopy, new server, pg_restore', values: sum(plain, ...whole) },
          { name: 'the same with pg_restore -j2', values: sum(parallel, ...whole) },
          { name: 'pg_restore alone', values: sum(plain, 'restore') },
          { name: 'pg_restore -j2 alone', values: sum(parallel, 'restore') },
        ],
        notes: [
          `product: ${whereItWent(restores)}`,
          `by hand: ${parts({ azcopy: sum(plain, 'download'), 'new server': sum(plain, 'server') })}`,
        ],
      },
      {
        name: 'stored',
        unit: 'MB',
        values: [imageBytes / 1e6],
        against: [{ name: 'pg_dump -Fc', values: [(backups[0]?.bytes ?? 0) / 1e6] }],
      },
      {
        name: 'beyond the tools: an image',
        unit: 's',
        values: images.map(({ seconds }, at) => seconds - (sum(backups, 'dump')[at] ?? 0)),
      },
      {
        name: 'beyond the tools: a restore',
        unit: 's',
        values: restores.map((one, at) => one.seconds - serverSeconds(one) - (sum(plain, 'restore')[at] ?? 0)),
      },
      {
        name: 'overhead of an image: all but its job',
        unit: 's',
        values: images.map(({ seconds, jobSeconds }) => seconds - jobSeconds),
      },
      {
        name: 'overhead of a restore: all but job and start',
        unit: 's',
        values: restores.map((one) => one.seconds - one.jobSeconds - serverSeconds(one)),
      },
      ...more,
    ],
  };
}
