import type { Command } from 'commander';
import type { InstanceLogLine } from '../../../client/connect.ts';
import { given, parseWhole } from '../../options.ts';
import { harmless } from '../../output/harmless.ts';
import { type Actions, requireInstance } from '../../session.ts';
import { tellConnection } from '../../watch.ts';

interface LogOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly since?: string;
  readonly timestamps?: boolean;
}

/** `toygres instance logs` */
export function addLogCommand(instance: Command, action: Actions): void {
  instance
    .command('logs <instance>')
    .description("the server's own log")
    .option('-f, --follow', 'go on as it grows')
    .option('--tail <lines>', 'how many lines to begin with', '100')
    .option('--since <time>', 'leave out what is older, such as 2027-01-31T00:00:00Z')
    .option('--timestamps', 'begin each line with when it was written')
    .action(
      action(async (session, name: string, { follow = false, tail, since, timestamps = false }: LogOptions) => {
        const { toygres, signal, output } = session;
        const { id } = await requireInstance(session, name);
        const asked = { follow, signal, ...given({ tailLines: parseWhole('--tail', tail), since }) };
        const textOf = ({ at, text }: InstanceLogLine) =>
          harmless(timestamps ? `${at ?? ''} ${text}`.trimStart() : text);
        const onConnection = tellConnection(output);
        for await (const lines of toygres.instanceLogs(id, { ...asked, onConnection })) {
          await output.lines(lines.map((line) => (output.format === 'json' ? JSON.stringify(line) : textOf(line))));
        }
      }),
    );
}
