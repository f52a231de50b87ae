import type { Command } from 'commander';
import type { CreateInstanceInput } from '../../../client/connect.ts';
import { collect, given, parseEnum, parseLabel, parseParameter, parseWhole } from '../../options.ts';
import { tellOutcome, type WatchOption } from '../../outcome.ts';
import { readPassword } from '../../read-secret.ts';
import { type Actions, requireImage, requireInstance } from '../../session.ts';
import { addHostingOptions, type HostingOptions, readHostingOptions } from './hosting.ts';

interface CreateOptions extends WatchOption, Omit<HostingOptions, 'priorityClass'> {
  readonly priorityClass?: string;
  readonly storageClass?: string;
  readonly fromImage?: string;
  readonly acceptLoss?: CreateInstanceInput['acceptLoss'];
  readonly database?: readonly string[];
  readonly postgresVersion?: string;
  readonly imageType?: CreateInstanceInput['imageType'];
  readonly storageGib?: string;
  readonly exposure?: CreateInstanceInput['exposure'];
  readonly dnsLabel?: string;
  readonly namespace?: string;
  readonly passwordStdin?: boolean;
  readonly deletionProtection?: boolean;
  readonly backgroundWork?: CreateInstanceInput['backgroundWork'];
  readonly durableFunctions?: CreateInstanceInput['durableFunctions'];
  readonly allowExtensionUpgrade?: boolean;
  readonly connectionSecret?: boolean;
  readonly label?: readonly string[];
  readonly parameter?: readonly string[];
  readonly idempotencyKey?: string;
}

/** `toygres instance create NAME` */
export function addCreateCommand(instance: Command, action: Actions): void {
  addHostingOptions(instance.command('create <name>').description('make a server, empty or from an image'))
    .option('--storage-class <name>', 'on Kubernetes: the StorageClass of its volume')
    .option('--from-image <image>', 'restore this image')
    .option('--accept-loss <loss>', 'how much a restore may lose: NOTHING, OBJECTS or ROWS', parseEnum)
    .option('--database <name>', 'restore only this database; may be given several times', collect)
    .option('--postgres-version <major>', 'such as 17')
    .option('--image-type <type>', 'STOCK or PG_DURABLE', parseEnum)
    .option('--storage-gib <gib>', 'size of its volume')
    .option('--exposure <exposure>', 'INTERNAL or PUBLIC', parseEnum)
    .option('--dns-label <label>', 'with PUBLIC: the name before the domain')
    .option('--namespace <name>', 'where it lives on Kubernetes')
    .option('--password-stdin', "the superuser's password is read from stdin; else one is generated")
    .option('--deletion-protection', 'refuse to delete it until this is taken back')
    .option('--background-work <what>', 'HOLD or RUN what acts by itself in a copy', parseEnum)
    .option('--durable-functions <what>', 'CANCEL or RESUME those in flight', parseEnum)
    .option('--allow-extension-upgrade', 'restore also where pg_durable has another version, and upgrade it')
    .option('--connection-secret', 'on Kubernetes: a Secret that tells programs how to connect as the owner')
    .option('--label <key=value>', 'may be given several times', collect)
    .option('--parameter <name=value>', 'a parameter of PostgreSQL; may be given several times', collect)
    .option('--idempotency-key <key>', 'makes sending it again safe')
    .option('--watch', 'show it until it is over')
    .action(
      action(async (session, name: string, options: CreateOptions) => {
        const { fromImage, storageGib, label, parameter, watch = false, database, passwordStdin, ...others } = options;
        const { cpu, memory, nodeLabel, toleration, priorityClass, ...rest } = others;
        const password = passwordStdin ? await readPassword('Password', session.signal) : undefined;
        const image = fromImage === undefined ? null : await requireImage(session, fromImage);
        const payload = await session.toygres.createInstance({
          name,
          ...rest,
          ...readHostingOptions(given({ cpu, memory, nodeLabel, toleration, priorityClass })),
          ...given({
            sourceImageId: image?.id,
            password,
            databases: database && [...database],
            storageGib: parseWhole('--storage-gib', storageGib),
            labels: label?.map(parseLabel),
            parameters: parameter?.map(parseParameter),
          }),
        });
        await tellOutcome(session, payload, payload.instance, (id) => requireInstance(session, id), { watch });
      }),
    );
}
