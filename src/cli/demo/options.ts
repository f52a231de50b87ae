import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run demo [-- --platform local|kubernetes]

  local        on this machine, nothing configured (the default)
  kubernetes   on the cluster that KUBECONFIG names, in a namespace of its own that is removed at the end, with a blob
               store in it unless AZURE_STORAGE_ACCOUNT or AZURE_STORAGE_CONNECTION_STRING names one. Its nodes have
               the images of servers and jobs, or TOYGRES_POSTGRES_IMAGE and TOYGRES_JOB_IMAGE name a registry`;

export const DEMO_PLATFORMS = ['local', 'kubernetes'] as const;
export type DemoPlatform = (typeof DEMO_PLATFORMS)[number];

/** Reads the command line; null when help was asked for. Throws with one line that says what is wrong. */
export function readDemoOptions(given: readonly string[]): { readonly platform: DemoPlatform } | null {
  const { values } = parseArgs({
    args: [...given],
    options: { platform: { type: 'string', default: 'local' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) return null;
  const platform = DEMO_PLATFORMS.find((known) => known === values.platform);
  if (platform === undefined) {
    throw new Error(`--platform ${values.platform}: there are ${DEMO_PLATFORMS.join(' and ')}.`);
  }
  return { platform };
}
