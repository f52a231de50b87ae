import { Command } from 'commander';
import { addAuditCommands } from './commands/access/audit.ts';
import { addTokenCommands } from './commands/access/tokens.ts';
import { addUserCommands } from './commands/access/users.ts';
import { addAlertCommands } from './commands/alerts.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addContextCommands } from './commands/contexts.ts';
import { addDrillCommands } from './commands/drills.ts';
import { addImageCommands } from './commands/images/images.ts';
import { addInstanceCommands } from './commands/instances/instances.ts';
import { addLoginCommands } from './commands/login.ts';
import { addOperationCommands } from './commands/operations.ts';
import { addScheduleCommands } from './commands/schedules/schedules.ts';
import { addServerCommands } from './commands/server.ts';
import { addWebhookCommands } from './commands/webhooks/webhooks.ts';
import { harmless } from './output/harmless.ts';
import { readVersion } from './version.ts';

/** The second line of an error of the command line. */
const HINT = /\n(?=\(Did you mean )/;

/** Commands that nobody should be led to by a slip: what they do is not undone, or stops what is at work. */
const NEVER_MEANT = /^\(Did you mean (one of )?[^?]*\b(stop|delete|remove|revoke|cancel|restart|rotate-\w+)\b/;

/** A word that is none may look like one of those: then no guess is better. */
const isHarmlessHint = (line: string) => !NEVER_MEANT.test(line);

/** The client commands. What runs a server is a program of its own, which the launcher starts. */
export async function buildProgram(surroundings: {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}): Promise<Command> {
  const program = new Command('toygres')
    .description('Toygres: PostgreSQL servers, images of them, and servers from images')
    .version(await readVersion(), '-V, --version')
    .option('--url <url>', 'of the server (TOYGRES_URL)')
    .option('--token-file <file>', 'that holds the token (or TOYGRES_TOKEN, or toygres login)')
    .option('-o, --output <format>', 'table, json or id')
    .exitOverride()
    // It repeats what stands on the command line, which may have been copied from a stranger.
    .configureOutput({
      outputError: (text, write) =>
        write(`${text.trimEnd().split(HINT).filter(isHarmlessHint).map(harmless).join('\n')}\n`),
    });
  program.addHelpText(
    'after',
    `
To run a server: toygres standalone, toygres api, toygres worker. To see one at work: toygres demo.
Exit codes: 0 done, 1 failed, 2 the command line is wrong, 3 not found, 4 not signed in or not allowed, 5 no server
answers, 130 interrupted.`,
  );
  addInstanceCommands(program, surroundings);
  addImageCommands(program, surroundings);
  addOperationCommands(program, surroundings);
  addScheduleCommands(program, surroundings);
  addDrillCommands(program, surroundings);
  addAlertCommands(program, surroundings);
  addWebhookCommands(program, surroundings);
  addUserCommands(program, surroundings);
  addTokenCommands(program, surroundings);
  addAuditCommands(program, surroundings);
  addServerCommands(program, surroundings);
  addLoginCommands(program, surroundings);
  addContextCommands(program, surroundings);
  addCompletionCommand(program);
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])])
    command.exitOverride().showHelpAfterError(hintOf(command));
  return program;
}

/** Where the command that was typed says what it takes, which the list of all commands does not. */
function hintOf(command: Command): string {
  const words: string[] = [];
  for (let one: Command | null = command; one !== null; one = one.parent) words.unshift(one.name());
  return `(${words.join(' ')} --help ${command.commands.length > 0 ? 'lists the commands' : 'says what it takes'})`;
}
