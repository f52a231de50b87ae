import type { Command } from 'commander';
import { connect, ToygresError } from '../../client/connect.ts';
import { graphql } from '../../client/generated/index.ts';
import { type Context, readContexts, sameServer, writeContexts } from '../contexts.ts';
import { UsageError } from '../exit-codes.ts';
import { readPassword, readSecret } from '../read-secret.ts';
import type { Surroundings } from '../session.ts';
import { signIn } from '../sign-in.ts';

const NAME = /^[\w.-]{1,63}$/;

const VIEWER = graphql(`query WhoAmI { viewer { name role } }`);
const REVOKE = graphql(
  `mutation RevokeOwnToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { id } } }`,
);

interface LoginOptions {
  readonly username?: string;
  readonly context: string;
}

/** By name and password a token that is made for it; else the token that stdin has. */
async function readToken(url: string, username: string | undefined, signal: AbortSignal): Promise<Partial<Context>> {
  if (username !== undefined) return signIn(url, username, await readPassword('Password', signal));
  const token = (await readSecret('Token: ', signal)).trim();
  if (token === '') {
    throw new UsageError('No token was given: type it, write it to stdin, or sign in with --username NAME.');
  }
  return { token };
}

/** Takes back a token that signing in made. That it cannot is told, not thrown: it ends by itself. */
async function revoke({ url, token, tokenId }: Context): Promise<void> {
  if (tokenId === undefined) return;
  const toygres = connect({ url, token });
  try {
    await toygres.request(REVOKE, { input: { apiTokenId: tokenId } });
  } catch (error) {
    if (!(error instanceof ToygresError)) throw error;
    // It has ended, or somebody has revoked it.
    if (error.code === 'UNAUTHENTICATED') return;
    process.stderr.write(`The token on the server was not revoked: ${error.message} It ends by itself in 30 days.\n`);
  } finally {
    await toygres.close();
  }
}

/** `toygres login`, `logout` */
export function addLoginCommands(program: Command, { environment, signal }: Surroundings): void {
  program
    .command('login')
    .description('sign in to a server and remember it; the password, or without --username a token, is read from stdin')
    .option('--username <name>', 'with a password, for which a token of 30 days is made')
    .option('--context <name>', 'what to call the server', 'default')
    .action(async ({ username, context: name }: LoginOptions, command: Command) => {
      const { url = environment.TOYGRES_URL || 'http://127.0.0.1:8080' } = command.optsWithGlobals<{ url?: string }>();
      if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new UsageError(`"${url}" is no URL of a server.`);
      if (!NAME.test(name)) throw new UsageError('The name of a context has letters, digits, ".", "_" and "-".');
      const context = { name, url, ...(await readToken(url, username, signal)) } as Context;
      const toygres = connect({ url, token: context.token });
      const { viewer } = await toygres.request(VIEWER).finally(() => toygres.close());
      const { contexts } = await readContexts(environment);
      const others = contexts.filter((one) => one.name !== name);
      await writeContexts(environment, { current: name, contexts: [...others, context] });
      for (const before of contexts) if (before.name === name) await revoke(before);
      process.stderr.write(
        `Signed in to ${url} as ${username ?? viewer.name} (${viewer.role}); this is the context "${name}" now.\n`,
      );
    });

  program
    .command('logout')
    .description('forget the token of a server, and revoke it where signing in has made it')
    .action(async (_options: object, command: Command) => {
      const { url } = command.optsWithGlobals<{ url?: string }>();
      const { current, contexts } = await readContexts(environment);
      const isMeant = (one: Context) => (url === undefined ? one.name === current : sameServer(one.url, url));
      const left = contexts.filter((one) => !isMeant(one));
      if (left.length === contexts.length) {
        throw new UsageError('There is no such context: see toygres context list.');
      }
      const stays = left.some(({ name }) => name === current);
      await writeContexts(environment, { current: stays ? current : null, contexts: left });
      for (const one of contexts.filter(isMeant)) await revoke(one);
    });
}
