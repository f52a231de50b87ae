import type { Command } from 'commander';
import { FOLLOW_INSTANCE_LOGS } from '../../../client/documents.ts';
import { given, parseWhole } from '../../options.ts';
import { harmless } from '../../output/harmless.ts';
import { type Actions, requireInstance } from '../../session.ts';

interface LogOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly since?: string;
}

/** `toygres instance logs` */
export function addLogCommand(instance: Command, action: Actions): void {
  instance
    .command('logs <instance>')
    .description("the server's own log")
    .option('-f, --follow', 'go on as it grows')
    .option('--tail <lines>', 'how many lines to begin with', '100')
    .option('--since <time>', 'leave out what is older, such as 2027-01-31T00:00:00Z')
    .action(
      action(async (session, name: string, { follow = false, tail, since }: LogOptions) => {
        const { toygres, signal, output } = session;
        const { id } = await requireInstance(session, name);
        const asked = { instanceId: id, follow, ...given({ tailLines: parseWhole('--tail', tail), since }) };
        for await (const { instanceLogs } of toygres.subscribe(FOLLOW_INSTANCE_LOGS, asked, { signal })) {
          output.data(harmless(instanceLogs.text));
        }
      }),
    );
}
