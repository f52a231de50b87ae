import type { Command } from 'commander';
import { NotFoundError } from '../../client/connect.ts';
import { given, parseWhole } from '../options.ts';
import { harmless } from '../output/harmless.ts';
import type { Actions } from '../session.ts';
import { tellConnection } from '../watch.ts';

interface LogOptions {
  readonly job?: string;
  readonly follow?: boolean;
  readonly tail?: string;
}

/** `toygres operation logs` */
export function addLogCommand(operation: Command, action: Actions): void {
  operation
    .command('logs <id>')
    .description('what its jobs wrote, one job after the other')
    .option('--job <id>', 'of this job alone')
    .option('-f, --follow', 'go on as it grows, until the job is over')
    .option('--tail <lines>', 'of each job no more than its last so many')
    .action(
      action(async ({ toygres, output, signal }, id: string, { job, follow = false, tail }: LogOptions) => {
        const tailLines = parseWhole('--tail', tail);
        const { jobs } = await toygres.readOperation(id);
        const meant = job === undefined ? jobs : jobs.filter((one) => one.id === job);
        if (job !== undefined && meant.length === 0) {
          throw new NotFoundError(`The operation has no job ${job}. See toygres operation get ${id}.`, {
            code: 'NOT_FOUND',
          });
        }
        if (meant.length === 0) output.note('It has no jobs.');
        for (const { id: jobId, name, state } of meant) {
          output.note(harmless(`${name} (${state})`));
          const from = tailLines === undefined ? { afterLine: 0 } : given({ tailLines });
          const lines = toygres.jobLogs(
            { id: jobId },
            { ...from, follow, signal, onConnection: tellConnection(output) },
          );
          for await (const line of lines) {
            await output.lines([output.format === 'json' ? JSON.stringify(line) : harmless(line.text)]);
          }
        }
      }),
    );
}
