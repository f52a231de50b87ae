import type { Command } from 'commander';
import type { CreateScheduleInput } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { UsageError } from '../../exit-codes.ts';
import { collect, given, parseEnum, parseLabel, parseWhole, parseYesNo } from '../../options.ts';
import { printDeleted, printOne } from '../../output/print.ts';
import { type Actions, requireInstance } from '../../session.ts';
import { requireSchedule } from './records.ts';
import { addRetentionOptions, type RetentionOptions, readRetention } from './retention.ts';

const CREATE_SCHEDULE = graphql(`
  mutation CreateSchedule($input: CreateScheduleInput!) { createSchedule(input: $input) { schedule { ...ScheduleFields } } }
`);
const UPDATE_SCHEDULE = graphql(`
  mutation UpdateSchedule($input: UpdateScheduleInput!) { updateSchedule(input: $input) { schedule { ...ScheduleFields } } }
`);
const DELETE_SCHEDULE = graphql(`
  mutation DeleteSchedule($input: DeleteScheduleInput!) { deleteSchedule(input: $input) { id } }
`);

interface ChangeOptions extends RetentionOptions {
  readonly cron?: string;
  readonly timeZone?: string;
  readonly label?: readonly string[];
  readonly everyInstance?: boolean;
  readonly method?: CreateScheduleInput['method'];
  readonly drillEvery?: string;
  readonly concurrency?: string;
}

function addChangeOptions(command: Command): Command {
  command
    .option('--cron <fields>', 'minute, hour, day of the month, month, day of the week: "0 3 * * *"')
    .option('--time-zone <zone>', 'such as Europe/Berlin')
    .option('--label <key=value>', 'of instances with all of these, looked up at each run', collect)
    .option('--every-instance', 'of all instances')
    .option('--method <method>', 'LOGICAL or PHYSICAL', parseEnum)
    .option('--drill-every <n>', 'prove every n-th image of an instance; 0: none')
    .option('--concurrency <n>', 'how many images are under way at once');
  return addRetentionOptions(command);
}

function readChange({
  cron,
  timeZone,
  label,
  everyInstance,
  method,
  drillEvery,
  concurrency,
  ...rules
}: ChangeOptions) {
  if (everyInstance && label !== undefined) throw new UsageError('--every-instance is in place of --label.');
  const drills = parseWhole('--drill-every', drillEvery);
  return given({
    cron,
    timeZone,
    selector: everyInstance ? [] : label?.map(parseLabel),
    method,
    drillEvery: drills === 0 ? null : drills,
    concurrency: parseWhole('--concurrency', concurrency),
    retention: readRetention(rules),
  });
}

interface CreateOptions extends ChangeOptions {
  readonly instance?: string;
  readonly disabled?: boolean;
  readonly idempotencyKey?: string;
}

interface UpdateOptions extends ChangeOptions {
  readonly name?: string;
  readonly enabled?: string;
}

/** `toygres schedule create`, `update`, `delete` */
export function addChangeCommands(schedule: Command, action: Actions): void {
  addChangeOptions(schedule.command('create <name>').description('have images taken by themselves'))
    .option('--instance <instance>', 'of this one instance')
    .option('--disabled', 'nothing is due until it is enabled')
    .option('--idempotency-key <key>', 'makes sending it again safe')
    .action(
      action(async (session, name: string, { instance, disabled, idempotencyKey, ...options }: CreateOptions) => {
        const { cron, retention, ...change } = readChange(options);
        if (cron === undefined) throw new UsageError('When? --cron "0 3 * * *" is every day at 3.');
        if (retention === undefined) throw new UsageError('How long do its images stay? --keep-daily 7, for example.');
        if (instance === undefined && change.selector === undefined) {
          throw new UsageError('Of what? --label key=value, --instance NAME or --every-instance.');
        }
        const instanceId = instance === undefined ? undefined : (await requireInstance(session, instance)).id;
        const enabled = disabled ? false : undefined;
        const input = { name, cron, retention, ...change, ...given({ instanceId, enabled, idempotencyKey }) };
        printOne(session.output, (await session.toygres.request(CREATE_SCHEDULE, { input })).createSchedule.schedule);
      }),
    );

  addChangeOptions(
    schedule.command('update <schedule>').description('change it; rules that are given replace all it has'),
  )
    .option('--name <name>', 'another name')
    .option('--enabled <yes|no>')
    .action(
      action(async (session, nameOrId: string, { name, enabled, ...options }: UpdateOptions) => {
        const change = { ...readChange(options), ...given({ name, enabled: parseYesNo('--enabled', enabled) }) };
        const { id } = await requireSchedule(session, nameOrId);
        const { updateSchedule } = await session.toygres.request(UPDATE_SCHEDULE, {
          input: { scheduleId: id, ...change },
        });
        printOne(session.output, updateSchedule.schedule);
      }),
    );

  schedule
    .command('delete <schedule>')
    .description('delete it with the record of its runs; its images stay')
    .action(
      action(async (session, nameOrId: string) => {
        const { id } = await requireSchedule(session, nameOrId);
        const { deleteSchedule } = await session.toygres.request(DELETE_SCHEDULE, { input: { scheduleId: id } });
        printDeleted(session.output, deleteSchedule.id);
      }),
    );
}
