import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { UsageError } from './exit-codes.ts';

/** A server that somebody signed in to. The token is a secret: the file is for its owner alone. */
export interface Context {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  /** The id of a token that signing in made; absent for one that was given. */
  readonly tokenId?: string;
}

interface Kept {
  readonly current: string | null;
  readonly contexts: readonly Context[];
}

type Environment = Readonly<Record<string, string | undefined>>;

function fileOf(environment: Environment): string {
  const home = environment.XDG_CONFIG_HOME || path.join(environment.HOME || os.homedir(), '.config');
  return path.join(home, 'toygres', 'contexts.json');
}

/** The servers that this user knows. Absent file: none. Throws UsageError for a file that is none of ours. */
export async function readContexts(environment: Environment): Promise<Kept> {
  const file = fileOf(environment);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new UsageError(`${file} cannot be read (${error.code}).`);
  });
  if (text === null) return { current: null, contexts: [] };
  try {
    const { current, contexts } = JSON.parse(text) as Kept;
    if (!Array.isArray(contexts)) throw new TypeError();
    return { current: current ?? null, contexts };
  } catch {
    throw new UsageError(`${file} is not as toygres writes it: remove it and sign in again with toygres login.`);
  }
}

/** Writes them whole or not at all. */
export async function writeContexts(environment: Environment, kept: Kept): Promise<void> {
  const file = fileOf(environment);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  try {
    await writeFile(unfinished, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
    await chmod(unfinished, 0o600);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

export interface Target {
  readonly url: string;
  readonly token: string | null;
}

/** Which server a command talks to: what it was told, the environment, the context in use, the home that is here. */
export async function chooseTarget(
  options: { readonly url?: string | undefined; readonly tokenFile?: string | undefined },
  environment: Environment,
): Promise<Target> {
  const { current, contexts } = await readContexts(environment);
  const context = contexts.find(({ name }) => name === current);
  const url = options.url ?? (environment.TOYGRES_URL || undefined) ?? context?.url ?? 'http://127.0.0.1:8080';
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError(`"${url}" is no URL of a server: write it like https://toygres.example.com`);
  }
  if (options.tokenFile !== undefined) return { url, token: await readToken(options.tokenFile) };
  if (environment.TOYGRES_TOKEN) return { url, token: environment.TOYGRES_TOKEN };
  const known = contexts.find((one) => sameServer(one.url, url) && (one.name === current || context === undefined));
  if (known !== undefined) return { url, token: known.token };
  // Only the server of this machine may be told the token of the home that is here.
  if (!/^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(url)) return { url, token: null };
  const home = environment.TOYGRES_HOME || '.toygres';
  return { url, token: await readToken(path.join(home, 'token')).catch(() => null) };
}

export function sameServer(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`The token cannot be read from ${file} (${error.code}).`);
  });
  const token = text.trim();
  if (token === '' || /\s/.test(token)) throw new UsageError(`${file} does not hold one token.`);
  return token;
}
