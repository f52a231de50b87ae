import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findPostgresPrograms, type PostgresPrograms } from '../../../src/postgres-programs/find.ts';

const run = promisify(execFile);
const SOURCES = path.join(import.meta.dirname, 'extension');

/** The versions of the stand-in. The last one has a column more; the first keeps its engine in a schema of the old name. */
export type DurableVersion = '0.2.2' | '0.2.5' | '0.2.6';

/** A PostgreSQL of its own, copied from the machine's, that has the stand-in for pg_durable. */
export interface DurablePrograms {
  readonly programs: PostgresPrograms;
  /** The version that CREATE EXTENSION takes from now on, as if another package had been installed. */
  offer(version: DurableVersion): Promise<void>;
  stop(): Promise<void>;
}

const isThere = (target: string) =>
  stat(target).then(
    () => true,
    () => false,
  );

async function readPlaces(programs: PostgresPrograms) {
  const asked = ['--bindir', '--sharedir', '--pkglibdir', '--includedir-server'];
  const { stdout } = await run(path.join(programs.directory, 'pg_config'), asked);
  const [bin = '', share = '', libraries = '', headers = ''] = stdout.split('\n');
  return { bin, share, libraries, headers };
}

async function aptGet(directory: string, ...words: readonly string[]): Promise<void> {
  const ask = (...all: readonly string[]) =>
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...all], { cwd: directory, env: process.env });
  // A fresh machine has no package lists, an old one lists what the mirrors have no more.
  await ask(...words).catch(async () => {
    await ask('update');
    await ask(...words);
  });
}

async function ensureCompiler(directory: string): Promise<void> {
  const isHere = await run('gcc', ['--version']).then(
    () => true,
    () => false,
  );
  if (!isHere) await aptGet(directory, 'install', '--yes', '--no-install-recommends', 'gcc', 'libc6-dev');
}

/** The directories that hold the headers of server and client: the machine's, or out of Debian's packages, unpacked here. */
async function findHeaders(installed: string, major: string, directory: string): Promise<readonly string[]> {
  if (await isThere(path.join(installed, 'fmgr.h'))) return [installed, path.dirname(path.dirname(installed))];
  const packages = [`postgresql-server-dev-${major}`, 'libpq-dev'];
  await aptGet(directory, 'download', ...packages);
  for (const file of await readdir(directory)) await run('dpkg', ['-x', path.join(directory, file), directory]);
  const client = path.join(directory, 'usr/include/postgresql');
  return [path.join(client, major, 'server'), client];
}

/** PostgreSQL finds its files by where its programs lie, so a copy of those in the same shape of tree is another one. */
async function copyTree(root: string, { bin, share, libraries }: Awaited<ReturnType<typeof readPlaces>>) {
  const shared = bin
    .split('/')
    .findIndex((part, at) => part !== share.split('/')[at] || part !== libraries.split('/')[at]);
  const within = (place: string) => path.join(root, ...place.split('/').slice(shared));
  await cp(bin, within(bin), { recursive: true, dereference: true });
  for (const place of [share, libraries, path.join(share, 'extension')]) {
    await mkdir(within(place), { recursive: true });
    for (const name of await readdir(place)) {
      if (name !== 'extension' && !name.startsWith('pg_durable'))
        await symlink(path.join(place, name), path.join(within(place), name));
    }
  }
  return { bin: within(bin), extension: path.join(within(share), 'extension'), libraries: within(libraries) };
}

async function writeScripts(extension: string): Promise<void> {
  const texts = await Promise.all(
    ['tables.sql', 'engine.sql'].map((name) => readFile(path.join(SOURCES, name), 'utf8')),
  );
  const script = (schema: string) => texts.join('\n').replaceAll('ENGINE', schema);
  const write = (name: string, text: string) => writeFile(path.join(extension, `pg_durable--${name}.sql`), text);
  await write('0.2.2', script('duroxide'));
  await write('0.2.2--0.2.5', '-- Keeps the schema that it has.\n');
  await write('0.2.5', script('_duroxide'));
  await write('0.2.5--0.2.6', 'ALTER TABLE df.instances ADD COLUMN priority integer DEFAULT 0;\n');
  // One of which nothing is known: its rows and its sequence are not marked for dumping either.
  const ledger = 'CREATE TABLE ledger (id serial, entry text); CREATE TABLE ledger_empty (entry text);\n';
  await writeFile(path.join(extension, 'ledger--1.0.sql'), ledger);
  await writeFile(path.join(extension, 'ledger.control'), "default_version = '1.0'\nrelocatable = true\n");
}

/** Compiles the stand-in into a copy of this machine's newest PostgreSQL. Installs nothing but a compiler where there is none. */
export async function makeDurablePrograms(): Promise<DurablePrograms> {
  const [machines] = await findPostgresPrograms(process.env.TOYGRES_POSTGRES_BIN ?? null);
  if (machines === undefined) throw new Error('no PostgreSQL server programs found: apt-get install postgresql');
  const root = await mkdtemp('/tmp/toygres-durable-');
  const stop = () => rm(root, { recursive: true, force: true });
  try {
    await chmod(root, 0o755);
    const places = await readPlaces(machines);
    const headers = path.join(root, 'headers');
    await mkdir(headers);
    await ensureCompiler(headers);
    const include = (await findHeaders(places.headers, machines.major, headers)).map((place) => `-I${place}`);
    const tree = await copyTree(root, places);
    const library = path.join(tree.libraries, 'pg_durable.so');
    const source = path.join(SOURCES, 'worker.c');
    await run('gcc', ['-O1', '-fPIC', '-shared', ...include, '-o', library, source, '-l:libpq.so.5']);
    await rm(headers, { recursive: true });
    await writeScripts(tree.extension);
    const offer = (version: DurableVersion) =>
      writeFile(
        path.join(tree.extension, 'pg_durable.control'),
        `comment = 'stand-in for tests'\ndefault_version = '${version}'\nschema = pg_catalog\nrelocatable = false\n`,
      );
    await offer('0.2.5');
    return { programs: { ...machines, directory: tree.bin }, offer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
