import type { Command } from 'commander';
import { connect, NotFoundError, type Toygres } from '../client/connect.ts';
import { chooseTarget } from './contexts.ts';
import { UsageError } from './exit-codes.ts';
import { createOutput, FORMATS, type Format, type Output } from './output/print.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What an action works with. */
export interface Session {
  readonly toygres: Toygres;
  readonly output: Output;
  readonly url: string;
  readonly environment: Environment;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

interface CommonOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly output?: string;
}

/** Where a command runs: what a test gives instead of the process's own. */
export interface Surroundings {
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Makes an action of a command from work on a session, which is opened before and closed after it. */
export type Actions = <Args extends unknown[]>(
  work: (session: Session, ...args: Args) => Promise<void>,
) => (...args: [...Args, Command]) => Promise<void>;

/** The actions of commands that run there. */
export function actionsOf(surroundings: Surroundings): Actions {
  return (work) => withSession(surroundings, work);
}

/** Where a command writes, in the format that was asked for. Throws UsageError. */
export function outputOf(command: Command): Output {
  const { output: format } = command.optsWithGlobals<CommonOptions>();
  if (format !== undefined && !(FORMATS as readonly string[]).includes(format)) {
    throw new UsageError(`-o ${format}: is one of ${FORMATS.join(', ')}.`);
  }
  return createOutput(format as Format | undefined, process.stdout, process.stderr);
}

function withSession<Args extends unknown[]>(
  { environment, signal }: Surroundings,
  work: (session: Session, ...args: Args) => Promise<void>,
): (...args: [...Args, Command]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const output = outputOf(command);
    const { url, tokenFile } = command.optsWithGlobals<CommonOptions>();
    const target = await chooseTarget({ url, tokenFile }, environment);
    const toygres = connect({ url: target.url, token: () => target.token });
    try {
      await work({ toygres, output, url: target.url, environment, signal }, ...(given.slice(0, -1) as unknown as Args));
    } finally {
      await toygres.close();
    }
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** How the API finds what is named on a command line, where every noun goes by name or by id. */
export function by(nameOrId: string): { readonly id: string } | { readonly name: string } {
  return UUID.test(nameOrId) ? { id: nameOrId } : { name: nameOrId };
}

/** The instance of that name or id. Throws NotFoundError. */
export async function requireInstance({ toygres }: Session, nameOrId: string) {
  const found = await toygres.findInstance(by(nameOrId));
  if (found !== null) return found;
  throw new NotFoundError(`There is no instance "${nameOrId}". See toygres instance list.`, { code: 'NOT_FOUND' });
}

/** The image of that name or id. Throws NotFoundError. */
export async function requireImage({ toygres }: Session, nameOrId: string) {
  const found = await toygres.findImage(by(nameOrId));
  if (found !== null) return found;
  throw new NotFoundError(`There is no image "${nameOrId}". See toygres image list.`, { code: 'NOT_FOUND' });
}
