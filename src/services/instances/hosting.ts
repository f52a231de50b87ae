import type { CreateInstance, UpdateInstance } from '../../../resolvers/ports/commands.ts';
import { AppError, invalidInput } from '../../../schema/errors.ts';
import { applyHostingChange, type Hosting } from '../../../schema/rules/hosting-rules.ts';
import type { LockedInstance } from '../../stores/instances/writes.ts';
import type { CommandPlatform } from '../commands/ports.ts';

/** How an instance is to be hosted, its volume included. */
export interface ChosenHosting {
  readonly hosting: Hosting;
  readonly storageClass: string | null;
  readonly notices: readonly string[];
}

const FIELDS = ['resources', 'nodeSelector', 'tolerations', 'priorityClass'] as const satisfies (keyof Hosting)[];

type Checks = Pick<CommandPlatform, 'hostsAsAsked' | 'checkHosting'>;
/** How the source of an image is hosted, and where. */
export type SourceHosting = Pick<LockedInstance, 'platform' | 'hosting' | 'storageClass'>;

/** What an input itself asks for, held against the platform. Throws INVALID_INPUT. */
export async function askedHosting(
  platform: Checks,
  { hosting: change = {}, storageClass = null }: Pick<CreateInstance, 'hosting' | 'storageClass'>,
): Promise<ChosenHosting> {
  const hosting = applyHostingChange({}, change);
  const names = [...Object.keys(hosting), ...(storageClass === null ? [] : ['storageClass'])];
  if (names.length === 0) return { hosting: {}, storageClass: null, notices: [] };
  if (platform.hostsAsAsked) {
    await platform.checkHosting(hosting, storageClass);
    return { hosting, storageClass, notices: [] };
  }
  const has = names.length === 1 ? 'has' : 'have';
  return {
    hosting: {},
    storageClass: null,
    notices: [`${names.join(', ')} ${has} no effect: the local platform runs servers as programs of this machine.`],
  };
}

/** The same for a copy: what its input leaves out is as its source has it, as far as that can be had. */
export async function inheritHosting(
  platform: Checks & Pick<CommandPlatform, 'id'>,
  asked: ChosenHosting,
  source: SourceHosting | null,
): Promise<ChosenHosting> {
  if (source === null || source.platform !== platform.id || !platform.hostsAsAsked) return asked;
  const notices = [...asked.notices];
  let { hosting, storageClass } = asked;
  const taken: string[] = [];
  const tryOne = async (name: string, wanted: Hosting, wantedClass: string | null) => {
    try {
      await platform.checkHosting(wanted, wantedClass);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error;
      notices.push(`${name} is not taken over from the source of the image: ${error.message}`);
      return;
    }
    [hosting, storageClass] = [wanted, wantedClass];
    taken.push(name);
  };
  for (const name of FIELDS) {
    const value = source.hosting[name];
    if (value !== undefined && hosting[name] === undefined) {
      await tryOne(name, { ...hosting, [name]: value }, storageClass);
    }
  }
  if (storageClass === null && source.storageClass !== null) {
    await tryOne('storageClass', hosting, source.storageClass);
  }
  if (taken.length > 0) notices.push(`Taken over from the source of the image: ${taken.join(', ')}.`);
  return { hosting, storageClass, notices };
}

/** How a server is hosted from its next start on; undefined: nothing was said. Throws INVALID_INPUT. */
export async function changedHosting(
  platform: Checks,
  instance: Pick<LockedInstance, 'hosting'>,
  { hosting: change }: Pick<UpdateInstance, 'hosting'>,
): Promise<Hosting | undefined> {
  if (change === undefined) return undefined;
  const hosting = applyHostingChange(instance.hosting, change);
  const [field] = Object.keys(change);
  if (!platform.hostsAsAsked) {
    if (Object.keys(hosting).length === 0) return undefined;
    const message = `The local platform runs servers as programs of this machine: leave ${field} out.`;
    throw invalidInput(field ?? 'resources', 'offered', message);
  }
  await platform.checkHosting(hosting, null);
  return hosting;
}
