import type { ManifestFields } from '../../../../src/platform/kubernetes/fill-template.ts';
import { createJobManifests } from '../../../../src/platform/kubernetes/jobs/build-job.ts';
import { createServerManifests } from '../../../../src/platform/kubernetes/servers/build-server.ts';
import { templateOf } from '../../../../src/platform/kubernetes/servers/server-notes.ts';
import { kubernetesSettings, readProductTemplates } from '../../../support/kubernetes-templates.ts';
import type { serverSpec } from '../../../support/platform-specs.ts';

/** Tests of the platforms run scripts; the programs of jobs are the runner's. */
export const SCRIPTS = new Map(
  ['scripts/backup.sh', 'scripts/restore.sh', 'scripts/preflight.sh', 'scripts/lib/control.sh'].map((name) => [
    name,
    `echo ${name}\n`,
  ]),
);
export const templates = { ...(await readProductTemplates()), scripts: SCRIPTS };
export const settings = kubernetesSettings();
export const servers = createServerManifests(templates, settings);
export const jobs = createJobManifests(templates, settings);

/** The shape of a value: every path to a leaf, without what stands there. */
export function shapeOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, `${path}/${key}`));
}

export function read(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

/** When the servers were asked to run. */
export const MADE = new Date('2026-01-01T00:00:00Z');
export const digestOf = (spec: ReturnType<typeof serverSpec>) =>
  templateOf({ metadata: { name: 'x', ...(servers.server(spec, MADE).body.metadata as object) } });
export const podOf = (body: ManifestFields) => read(body, 'spec', 'template', 'spec');
