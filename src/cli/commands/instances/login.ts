import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import type { Login } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { UsageError } from '../../exit-codes.ts';
import { given, parseEnum } from '../../options.ts';
import { tellOutcome, type WatchOption } from '../../outcome.ts';
import { readPassword } from '../../read-secret.ts';
import { type Actions, requireInstance, type Session } from '../../session.ts';
import { buildPsqlEnvironment } from './psql-environment.ts';

const CREDENTIALS = graphql(`
  query Credentials($instanceId: ID!, $login: Login) {
    instanceCredentials(instanceId: $instanceId, login: $login) { username password connectionString }
  }
`);

const LOGIN = ['--login <login>', 'owner or superuser (the default)'] as const;

async function readCredentials(session: Session, name: string, login: Login | undefined) {
  const { id } = await requireInstance(session, name);
  return (await session.toygres.request(CREDENTIALS, { instanceId: id, ...given({ login }) })).instanceCredentials;
}

interface RotateOptions extends WatchOption {
  readonly login?: Login;
  readonly passwordStdin?: boolean;
  readonly idempotencyKey?: string;
}

/** `toygres instance credentials`, `rotate-credentials`, `psql` */
export function addLoginCommands(instance: Command, action: Actions): void {
  instance
    .command('credentials <instance>')
    .description('a login: its connection string, a secret, alone on stdout')
    .option(...LOGIN, parseEnum<Login>)
    .action(
      action(async (session, name: string, { login }: { readonly login?: Login }) => {
        const credentials = await readCredentials(session, name, login);
        const asJson = session.output.format === 'json';
        session.output.data(asJson ? JSON.stringify(credentials, null, 2) : credentials.connectionString);
      }),
    );

  instance
    .command('rotate-credentials <instance>')
    .description('give a login another password; connections stay')
    .option(...LOGIN, parseEnum<Login>)
    .option('--password-stdin', 'it is read from stdin; else one is generated')
    .option('--idempotency-key <key>', 'makes sending it again safe')
    .option('--watch', 'show it until it is over')
    .action(
      action(async (session, name: string, options: RotateOptions) => {
        const { idempotencyKey, login } = options;
        const password = options.passwordStdin ? await readPassword('Password', session.signal) : undefined;
        const { id } = await requireInstance(session, name);
        const payload = await session.toygres.rotateCredentials({
          instanceId: id,
          ...given({ password, idempotencyKey, login }),
        });
        await tellOutcome(session, payload, payload.instance, (one) => requireInstance(session, one), options);
      }),
    );

  instance
    .command('psql <instance> [arguments...]')
    .description("open PostgreSQL's shell on it; arguments after -- are psql's own")
    .option(...LOGIN, parseEnum<Login>)
    .action(
      action(async (session, name: string, args: readonly string[], { login }: { readonly login?: Login }) => {
        const { connectionString } = await readCredentials(session, name, login);
        process.exitCode = await runPsql(connectionString, args);
      }),
    );
}

function runPsql(connectionString: string, args: readonly string[]): Promise<number> {
  const environment = buildPsqlEnvironment(connectionString, process.env);
  return withoutInterrupts(
    new Promise((resolve, reject) => {
      const child = spawn('psql', [...args], { stdio: 'inherit', env: environment });
      child.once('error', () => reject(new UsageError('psql is not installed: apt-get install postgresql-client.')));
      child.once('exit', (code) => resolve(code ?? 1));
    }),
  );
}

/** Ctrl-C is for the program that has the terminal, where it ends a statement and not the session. */
async function withoutInterrupts<T>(work: Promise<T>): Promise<T> {
  const others = process.listeners('SIGINT');
  const ignore = () => undefined;
  process.removeAllListeners('SIGINT').on('SIGINT', ignore);
  try {
    return await work;
  } finally {
    process.off('SIGINT', ignore);
    for (const listener of others) process.on('SIGINT', listener);
  }
}
