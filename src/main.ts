import 'reflect-metadata';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { AppError } from '../schema/errors.ts';
import {
  type Adoption,
  adoptRecords,
  type FoundImage,
  planAdoptionOf,
  rebuildRecords,
  rotateToNewestKey,
} from './app/catalog.ts';
import { readImageKey } from './app/image-key.ts';
import { MODES, type Mode } from './app/mode.ts';
import { readRelease } from './app/release.ts';
import { wrapGivenKey } from './app/wrapped-key.ts';
import { type FirstAdministrator, startApp } from './app.ts';
import { readConfig } from './config/env.ts';
import { isLoopback } from './config/networks.ts';
import { keepToOwnSettings } from './config/own-environment.ts';
import { createLogger } from './log/logger.ts';

const USAGE = `usage: toygres standalone | api | worker | catalog rebuild | catalog adopt | catalog key IMAGE | keys rotate | keys wrap | --version

  standalone   API and workers in one process, on embedded defaults for what is not configured
  api          only the API; needs DATABASE_URL and a blob store
  worker       only the workers; needs the same
  catalog rebuild
               records the images of the blob store that the database of records has lost, and ends
  catalog adopt PLATFORM [--yes]
               shows which instances of another platform's id have their volumes here; with --yes it records them here
  catalog key IMAGE
               prints the key of an encrypted image's files, with which age -d reads them, and ends
  keys wrap    has a key of Azure Key Vault wrap the key on standard input (a new one where it is empty), and prints what
               TOYGRES_ENCRYPTION_KEY is to hold
  keys rotate  encrypts anew, with the first key of TOYGRES_ENCRYPTION_KEY, what its other keys protect, and ends

The README lists the environment variables.`;

function readMode(argument: string | undefined): Mode | null {
  return MODES.find((mode) => mode === argument) ?? null;
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Whoever read what is written here may have gone, or their disk be full: what runs goes on, and is stopped in order. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** What is shown once: to a terminal as it is, to anything that may be kept only where to find it. */
function sayFirst(first: FirstAdministrator | null): readonly string[] {
  if (first === null) return [];
  const where = 'password' in first ? `password ${first.password} (shown this once)` : `password in ${first.file}`;
  return [`  First user   ${first.username}, ${where}`];
}

async function serve(mode: Mode): Promise<void> {
  keepToOwnSettings(process.env);
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel, process.stderr.isTTY ? 'people' : 'json');
  if (mode !== 'worker' && !isLoopback(config.host)) {
    log.warn(
      `HOST ${config.host} is reached from other machines and what is said here is not encrypted: tokens and passwords need TLS in front of it`,
    );
  }
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!asked.signal.aborted) log.info({ signal }, 'stopping');
      asked.abort(new StoppedEarly());
    });
  }
  const app = await startApp(config, mode, log, {
    showsSecrets: process.stdout.isTTY,
    signal: asked.signal,
  });
  say([
    `Toygres is ready (${mode}).`,
    ...(app.url === null ? [] : [`  Console      ${app.url.replace(/graphql$/, '')}`, `  API and IDE  ${app.url}`]),
    ...(app.url === null || app.tokenFile === null ? [] : [`  Token        in ${app.tokenFile}`]),
    ...sayFirst(app.firstAdministrator),
    ...(app.probesUrl === null ? [] : [`  Probes       ${app.probesUrl}`]),
    '  Stop         Ctrl-C',
  ]);
  if (!asked.signal.aborted) await once(asked.signal, 'abort');
  await app.stop();
}

function describeFound(found: FoundImage): string {
  switch (found.outcome) {
    case 'added':
      return found.formerName === null
        ? `${found.imageId}  added as ${found.name}`
        : `${found.imageId}  added as ${found.name}: another image holds the name ${found.formerName}`;
    case 'known':
      return `${found.imageId}  is recorded already`;
    case 'unusable':
      return `${found.imageId}  cannot be used: ${found.cause}`;
  }
}

async function rebuildCatalog(): Promise<void> {
  keepToOwnSettings(process.env);
  const log = createLogger('error', process.stderr.isTTY ? 'people' : 'json');
  const { added, known, unusable } = await rebuildRecords(readConfig(process.env), log, (found) =>
    say([describeFound(found)]),
  );
  say([`${added} images added, ${known} were recorded already, ${unusable} cannot be used.`]);
  if (unusable > 0) process.exitCode = 1;
}

async function rotate(): Promise<void> {
  keepToOwnSettings(process.env);
  const log = createLogger('error', process.stderr.isTTY ? 'people' : 'json');
  const { instances, images, webhooks, left } = await rotateToNewestKey(readConfig(process.env), log);
  say([
    `${instances} instances, ${images} images and ${webhooks} webhooks are encrypted with the newest key now.`,
    ...left,
  ]);
  if (left.length > 0) process.exitCode = 1;
}

/** The key goes to standard output alone. */
async function printKey([image, ...rest]: readonly string[]): Promise<void> {
  if (image === undefined || rest.length > 0) {
    process.stderr.write('usage: toygres catalog key IMAGE\n');
    process.exitCode = 2;
    return;
  }
  keepToOwnSettings(process.env);
  const log = createLogger('error', process.stderr.isTTY ? 'people' : 'json');
  say([await readImageKey(readConfig(process.env), log, image)]);
}

function describeAdoption({ instance, parts, staysFor }: Adoption): string {
  const what = `${instance.namespace}/${instance.resourceName}  ${instance.name} (${instance.state})`;
  return staysFor === null ? `${what}  is taken over: ${parts.join(', ')}` : `${what}  stays as recorded: ${staysFor}`;
}

/** Without `--yes` it only shows what it would do. */
async function adopt([from, ...rest]: readonly string[]): Promise<void> {
  if (from === undefined || from.startsWith('-') || rest.some((word) => word !== '--yes')) {
    process.stderr.write('usage: toygres catalog adopt PLATFORM [--yes]\n');
    process.exitCode = 2;
    return;
  }
  keepToOwnSettings(process.env);
  const log = createLogger('error', process.stderr.isTTY ? 'people' : 'json');
  const isMeant = rest.includes('--yes');
  const { platform, plan } = await (isMeant ? adoptRecords : planAdoptionOf)(readConfig(process.env), log, from);
  say(plan.map(describeAdoption));
  const taken = plan.filter(({ staysFor }) => staysFor === null).length;
  say([
    isMeant
      ? `${taken} instances are recorded on ${platform} now, with the images and schedules of ${from}.`
      : `${taken} of ${plan.length} instances would be recorded on ${platform}, with the images and schedules of ${from}. Add --yes to do it.`,
  ]);
}

/** What is printed is no secret without the vault. */
async function wrap([keyUrl, ...rest]: readonly string[]): Promise<void> {
  if (keyUrl === undefined || rest.length > 0) {
    process.stderr.write('usage: toygres keys wrap https://NAME.vault.azure.net/keys/KEY/VERSION\n');
    process.exitCode = 2;
    return;
  }
  keepToOwnSettings(process.env);
  const given = process.stdin.isTTY ? '' : (await text(process.stdin)).trim();
  say([await wrapGivenKey(readConfig(process.env), keyUrl, given)]);
}

const COMMANDS: Readonly<Record<string, (rest: readonly string[]) => Promise<void>>> = {
  'catalog adopt': adopt,
  'catalog key': printKey,
  'catalog rebuild': rebuildCatalog,
  'keys rotate': rotate,
  'keys wrap': wrap,
};

/** How a start ends that somebody stopped: in order, and with nothing left. */
class StoppedEarly extends Error {}

const LINGER_MS = 2_000;

/** All that was started has had its time: what still keeps the process up (a connection that is not let go) does not. */
function endSoon(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

outliveReaders();
const command = COMMANDS[process.argv.slice(2, 4).join(' ')] ?? null;
const mode = readMode(process.argv[2]);
if (['help', '--help', '-h'].includes(process.argv[2] ?? '')) {
  say([USAGE]);
} else if (['--version', '-V'].includes(process.argv[2] ?? '')) {
  say([await readRelease()]);
} else if (mode === null && command === null) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  try {
    if (mode !== null) await serve(mode);
    else await command?.(process.argv.slice(4));
  } catch (error) {
    if (!(error instanceof StoppedEarly)) {
      const text = error instanceof AppError ? error.message : ((error as Error).stack ?? String(error));
      process.stderr.write(text.replace(/^/gm, 'toygres: ').concat('\n'));
      process.exitCode = 1;
    }
  }
  endSoon();
}
