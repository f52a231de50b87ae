import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { formatBytes } from '../src/cli/units.ts';
import { startCluster } from '../src/postgres-programs/cluster.ts';
import { spawnOptionsFor } from '../src/postgres-programs/identity.ts';
import { stopPostmaster } from '../src/postgres-programs/postmaster.ts';
import { until } from '../src/waiting/until.ts';
import { ROWS } from './dataset.ts';
import { timed } from './figures.ts';
import { restoreOnce, whereItWent } from './image.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import { startPlainServer } from './plain-server.ts';
import type { TimedOperation } from './product.ts';
import type { SectionReport } from './report.ts';
import { DATABASE } from './sample-data.ts';
import { settleDisk } from './settle-disk.ts';
import { runSql } from './sql.ts';
import { startStandalone } from './standalone.ts';

const execute = promisify(execFile);
const PROGRAM = '/usr/bin/pgbackrest';
const STANZA = 'bench';

/** pgBackRest as its manual sets it up: 2 processes, zstd 3, its repository on the local disk. */
interface PgBackRest {
  run(...words: readonly string[]): Promise<string>;
  readonly dataDirectory: string;
}

async function preparePgBackRest({ directory, identity }: Place, dataDirectory: string): Promise<PgBackRest> {
  const place = path.join(directory, 'pgbackrest');
  for (const one of [place, ...['repo', 'log', 'lock', 'spool'].map((name) => path.join(place, name))]) {
    await mkdir(one, { recursive: true });
    await chmod(one, 0o700);
    if (identity !== null) await chown(one, identity.uid, identity.gid);
  }
  const config = path.join(place, 'pgbackrest.conf');
  await writeFile(
    config,
    `[global]
repo1-path=${place}/repo
repo1-retention-full=1
log-path=${place}/log
lock-path=${place}/lock
spool-path=${place}/spool
log-level-file=off
process-max=2
compress-type=zst
compress-level=3
start-fast=y
[${STANZA}]
pg1-path=${dataDirectory}
`,
  );
  await chmod(config, 0o644);
  return {
    dataDirectory,
    async run(...words) {
      const { stdout } = await execute(PROGRAM, [`--config=${config}`, `--stanza=${STANZA}`, ...words], {
        ...spawnOptionsFor(identity),
        cwd: '/',
        env: { PATH: '/usr/bin:/bin', HOME: place, PGPASSWORD: 'only for the bench' },
      });
      return stdout;
    },
  };
}

/** A PHYSICAL image of a server and its restore, and the same server's rows in another one with pgBackRest, by turns. */
export async function benchPhysical(place: Place, { runs, sizeBytes }: BenchOptions): Promise<SectionReport> {
  const { say, directory, programs, identity } = place;
  await execute(PROGRAM, ['version']).catch(() => {
    throw new Error('physical: pgbackrest is not installed: apt-get install pgbackrest');
  });
  await using standalone = await startStandalone(place, 'physical-home');
  const { product } = standalone;
  const source = await product.run('createInstance', 'instance', { name: 'source' });
  const login = await product.connectionString(source.id);
  say(`physical: filling two servers with ${formatBytes(sizeBytes)} ...`);
  const databaseBytes = await ROWS.fill(login, sizeBytes);
  const expected = await ROWS.read(login);

  const sockets = path.join(directory, 'sockets');
  await mkdir(sockets);
  if (identity !== null) await chown(sockets, identity.uid, identity.gid);
  const config = path.join(directory, 'pgbackrest/pgbackrest.conf');
  const peerSettings = {
    unix_socket_directories: sockets,
    archive_mode: 'on',
    archive_command: `${PROGRAM} --config=${config} --stanza=${STANZA} archive-push %p`,
  };
  const rest = await preparePgBackRest(place, path.join(directory, 'peer'));
  await using peer = await startPlainServer(place, 'peer', peerSettings);
  const at = [`--pg1-port=${peer.port}`, `--pg1-socket-path=${sockets}`, '--pg1-user=postgres'];
  await ROWS.fill(peer.urlOf('postgres'), sizeBytes);
  await rest.run(...at, 'stanza-create');

  const images: TimedOperation[] = [];
  const restores: TimedOperation[] = [];
  const backups: number[] = [];
  const unpacked: number[] = [];
  let [imageBytes, peerBytes] = [0, 0];
  for (let run = 1; run <= runs; run += 1) {
    await settleDisk();
    const taken = await product.run('createImage', 'image', {
      name: `image-${run}`,
      instanceId: source.id,
      method: 'PHYSICAL',
    });
    images.push(taken);
    imageBytes = await product.imageBytes(taken.id);
    await settleDisk();
    backups.push((await timed(() => rest.run(...at, '--type=full', 'backup'))).seconds);
    const info = JSON.parse(await rest.run('--output=json', 'info')) as {
      backup: { info: { repository: { delta: number } } }[];
    }[];
    peerBytes = info[0]?.backup.at(-1)?.info.repository.delta ?? 0;
    await settleDisk();
    restores.push(await restoreOnce(product, taken.id, `copy-${run}`, ROWS, expected));
    const target = path.join(directory, 'restored');
    await mkdir(target, { mode: 0o700 });
    if (identity !== null) await chown(target, identity.uid, identity.gid);
    await settleDisk();
    const back = await timed(async () => {
      await rest.run(`--pg1-path=${target}`, 'restore');
      const settings = { port: String(peer.port + 1), listen_addresses: '127.0.0.1', archive_mode: 'off' };
      const dataDirectory = target;
      await startCluster({ programs, identity }, { dataDirectory, logFile: `${target}.log`, settings });
      const url = peer.urlOf(DATABASE).replace(`:${peer.port}/`, `:${peer.port + 1}/`);
      const answers = () =>
        runSql(url, 'SELECT pg_is_in_recovery() AS it').then(
          ([row]) => row?.it === false,
          () => false,
        );
      if (!(await until(answers, { timeoutMs: 120_000 })))
        throw new Error(`pgbackrest's copy did not start: ${target}.log`);
    });
    unpacked.push(back.seconds);
    await stopPostmaster(target, 20_000);
    await rm(target, { recursive: true, force: true });
    await product.run('deleteImage', 'image', { imageId: taken.id });
    say(
      `physical: run ${run} of ${runs}: image ${taken.seconds.toFixed(1)} s, pgbackrest ${backups.at(-1)?.toFixed(1)} s`,
    );
  }
  return {
    section: `PHYSICAL image of a server with one database of ${formatBytes(databaseBytes)}`,
    measurements: [
      {
        name: 'image',
        unit: 's',
        values: images.map(({ seconds }) => seconds),
        against: [{ name: 'pgbackrest, full, 2 processes, zstd 3', values: backups }],
        notes: [`product: ${whereItWent(images)}`],
      },
      {
        name: 'restore into a new server',
        unit: 's',
        values: restores.map(({ seconds }) => seconds),
        against: [{ name: 'pgbackrest restore until it answers', values: unpacked }],
        notes: [`product: ${whereItWent(restores)}`],
      },
      {
        name: 'stored',
        unit: 'MB',
        values: [imageBytes / 1e6],
        against: [{ name: 'pgbackrest', values: [peerBytes / 1e6] }],
      },
    ],
  };
}
