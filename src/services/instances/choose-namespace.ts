import { invalidInput } from '../../../schema/errors.ts';
import type { CommandPlatform } from '../commands/ports.ts';

/** The namespace that was asked for, or the default one. Throws INVALID_INPUT with the configured ones for any other. */
export function chooseNamespace(
  asked: string | null | undefined,
  { namespaces }: Pick<CommandPlatform, 'namespaces'>,
): string {
  const [standard] = namespaces;
  const namespace = asked ?? standard;
  if (namespace !== undefined && namespaces.includes(namespace)) return namespace;
  throw invalidInput(
    'namespace',
    'configuredNamespace',
    `namespace must be one of the configured ones: ${namespaces.join(', ')}.`,
  );
}
