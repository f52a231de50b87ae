import type { Command } from 'commander';
import { asSentence } from '../../../client/as-sentence.ts';
import { graphql } from '../../../client/generated/index.ts';
import { SomeFailedError } from '../../exit-codes.ts';
import { given, parseWhole } from '../../options.ts';
import { formatAge, formatFields, printRows } from '../../output/print.ts';
import { type Actions, requireInstance } from '../../session.ts';

const CHECK = graphql(`
  query CheckConnection($instanceId: ID!) {
    checkConnection(instanceId: $instanceId) {
      ok latencyMs serverVersion failure { code message } durableWorkerRunning durableWorkerDetail
    }
  }
`);
const HEALTH = graphql(`
  query InstanceHealth($id: ID!, $first: Int) {
    instance(id: $id) { healthChecks(first: $first) { at status latencyMs message } }
  }
`);

/** `toygres instance check`, `health` */
export function addHealthCommands(instance: Command, action: Actions): void {
  instance
    .command('check <instance>')
    .description('connect to it now, as a client would; exit 1 when it does not answer')
    .action(
      action(async (session, name: string) => {
        const { toygres, output } = session;
        const { id } = await requireInstance(session, name);
        const { checkConnection: found } = await toygres.request(CHECK, { instanceId: id });
        if (output.format === 'json') output.data(JSON.stringify(found, null, 2));
        else output.data(output.format === 'id' ? id : formatFields(found));
        if (!found.ok) throw new SomeFailedError(asSentence(found.failure?.message ?? `${name} does not answer`));
      }),
    );

  instance
    .command('health <instance>')
    .description('what its checks found, the newest first')
    .option('--first <count>', 'how many, at most 100', '20')
    .action(
      action(async (session, name: string, { first }: { readonly first: string }) => {
        const { id } = await requireInstance(session, name);
        const asked = { id, ...given({ first: parseWhole('--first', first) }) };
        const checks = (await session.toygres.request(HEALTH, asked)).instance?.healthChecks ?? [];
        printRows(session.output, checks, ({ at }) => at, [
          { title: 'AT', value: ({ at }) => at, room: 'whole' },
          { title: 'AGE', value: ({ at }) => formatAge(at), align: 'right', room: 'spare' },
          { title: 'STATUS', value: ({ status }) => status, room: 'word' },
          { title: 'MS', value: ({ latencyMs }) => latencyMs?.toFixed(1), align: 'right' },
          { title: 'MESSAGE', value: ({ message }) => message },
        ]);
      }),
    );
}
